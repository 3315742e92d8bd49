-- view: the public facts of one gate, and its epoch, which the caller may not know.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>
-- ARGV  1 layout  2 epoch in the names of the keys
-- Reply {code, nowMs, epoch, state, stock, granted, version, document, progress, halted, lastGrantAtMs}
--       code: OK or that of a refusal (order.lua)
--       After a refusal the rest is what the gate holds, with '' for a missing field.
--       A gate with a mark of halt.lua is `paused` unless it is closed; halted is 1, else ''.
--       lastGrantAtMs is '' or 0 when nothing was granted.
--       After EPOCH the parts were not compared: the keys are of another epoch than the gate.

local gate, refusal = live_gate(KEYS[1], ARGV[1], ARGV[2])
-- safeguard: view compares the parts of a gate
if gate then refusal = disagreement(gate, KEYS[2], KEYS[3], KEYS[4]) end
local fields = redis.call('HMGET', KEYS[1],
  'epoch', 'state', 'stock', 'granted', 'version', 'document', 'progress', 'halted', 'lastGrantAtMs')
-- safeguard: the view of a halted gate is paused
if fields[8] and fields[2] == 'open' then fields[2] = 'paused' end
fields[8] = fields[8] and '1'
local reply = {refusal and refusal[1] or 'OK', now_ms()}
for index = 1, #fields do reply[index + 2] = fields[index] or '' end
return reply
