-- view: the public facts of one gate, and its epoch, for a caller that knows nothing yet.
--
-- KEYS  1 gate
-- ARGV  1 layout
-- Reply {code, nowMs, epoch, state, stock, granted, version, document, progress}
--       code OK or that of a refusal (order.lua). After a refusal the rest is what the gate last said, with '' for what is missing.

local _, refusal = live_gate(KEYS[1], ARGV[1], nil)
local fields = redis.call('HMGET', KEYS[1], 'epoch', 'state', 'stock', 'granted', 'version', 'document', 'progress')
local reply = {refusal and refusal[1] or 'OK', now_ms()}
for index = 1, #fields do reply[index + 2] = fields[index] or '' end
return reply
