-- halt: the kill switch. Marks a gate as halted, without the ledger: from here it grants nothing, and answers
-- as a paused one. The mark stays beside the state through apply, stop and flip, until lift.lua removes it.
-- It is also written to a gate that is being armed, or that may not answer now: it holds after the flip.
--
-- KEYS  1 gate
-- ARGV  1 id of the change (36 characters)  2 version that the gate must have, or '' for any
--       3 who, from where and why (JSON, at most 2,000 bytes)
-- Reply {'OK', nowMs, epoch, version, state, stock, document}: halted. An earlier mark is kept as it is
--       {'VERSION', the same}: the gate has another version; nothing was written
--       {'CLOSED', the same}: the campaign is closed, and grants nothing; nothing was written
--       {'LOST', what}: this server has no such gate; nothing was written

if #KEYS ~= 1 or #ARGV ~= 3 or not string.find(ARGV[2], '^%d*$') then
  return redis.error_reply('ARGUMENT halt takes a key, an id, a version and an origin')
end
if #ARGV[1] ~= 36 or not string.find(ARGV[1], '^[%x-]+$') then
  return redis.error_reply('ARGUMENT id of halt')
end
if #ARGV[3] > 2000 then return redis.error_reply('ARGUMENT origin of halt is longer than 2000 bytes') end

if not server_fence() then return {'LOST', 'replica'} end
local fields = redis.call('HMGET', KEYS[1],
  'epoch', 'version', 'state', 'stock', 'document', 'closesAtMs', 'operatorState', 'halted')
for index = 1, 6 do if not fields[index] then return {'LOST', 'gate'} end end
local now = now_ms()
local state = fields[3]
if state == 'rearming' then state = fields[7] or 'open' end
local function reply(code) return {code, now, fields[1], fields[2], state, fields[4], fields[5]} end

-- safeguard: a halt is of the version that was seen
if ARGV[2] ~= '' and ARGV[2] ~= fields[2] then return reply('VERSION') end
if state == 'closed' or now >= (tonumber(fields[6]) or 0) then return reply('CLOSED') end
if not fields[8] then
  redis.call('HSET', KEYS[1], 'halted', ARGV[1] .. ' ' .. text(now) .. ' ' .. ARGV[3])
end
return reply('OK')
