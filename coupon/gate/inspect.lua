-- inspect: whether a gate is in order, and which of its outbox entries are overdue.
-- It writes nothing, but has no `no-writes` flag: a cut-off master must refuse it.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>
-- ARGV  1 layout  2 epoch of the ledger  3 overdueMs: age at which the relay takes an entry (milliseconds)
--       4 maximum number of entries
-- Reply a refusal (order.lua), or {'OK', nowMs, granted, stock, grants pending, entries, oldestAgeMs,
--       version, halted}
--       entries: number, grantedAtMs and grants of each, flat, oldest first; grants as decide.lua wrote them
--       oldestAgeMs: age of the oldest entry, overdue or not; 0 when the outbox is empty
--       halted: the mark of halt.lua, or ''

local gate, refusal = live_gate(KEYS[1], ARGV[1], ARGV[2])
if refusal then return refusal end
refusal = disagreement(gate, KEYS[2], KEYS[3], KEYS[4])
if refusal then return refusal end
local overdueMs, entriesMax = tonumber(ARGV[3]), tonumber(ARGV[4])
if #KEYS ~= 4 or not overdueMs or not entriesMax then
  return redis.error_reply('ARGUMENT inspect takes 4 keys and 4 values')
end

local now = now_ms()
local overdue, oldestAgeMs = {}, 0
for place, entry in ipairs(redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', entriesMax)) do
  local grantedAtMs = tonumber(entry[2][4])
  if place == 1 then oldestAgeMs = math.max(0, now - grantedAtMs) end
  -- Entries are in order of time: none after this one is overdue. One from the future is overdue: it was
  -- granted before the clock went back.
  -- safeguard: an entry from the future is overdue
  if grantedAtMs <= now and grantedAtMs + overdueMs > now then break end
  local at = #overdue
  overdue[at + 1] = string.match(entry[1], '-(%d+)$')
  overdue[at + 2], overdue[at + 3] = entry[2][4], entry[2][6]
end
return {'OK', now, gate.granted, gate.stock, gate.grantsPending, overdue, oldestAgeMs, gate.version,
  gate.halted or ''}
