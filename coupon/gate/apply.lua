-- apply: brings the settings of a campaign to its gate. The highest version wins, in any order of arrival.
--
-- KEYS  1 gate
-- ARGV  1 state (open, paused, closed)  2 stock  3 opensAtMs  4 closesAtMs  5 perUserLimit  6 version
--       7 document (JSON)
-- Reply {'OK'}: the gate has these settings now
--       {'OLDER', version}: the gate has this version or a higher one; nothing was written
--       {'REARMING', ''}: the gate is being armed; the settings were kept for its flip
--       {'FROZEN', part}: the gate has opened, and this part would take something from a holder (frozen.lua);
--       nothing was written
--       {'LOST', what}: this server has no gate of this campaign that may answer; nothing was written.
--       The next arming reads the settings from the ledger

if #KEYS ~= 1 or #ARGV ~= 7 then return redis.error_reply('ARGUMENT apply takes a key and 7 values') end
for index = 2, 6 do
  if not string.find(ARGV[index], '^%d+$') then
    return redis.error_reply('ARGUMENT value ' .. index .. ' of apply is not a number')
  end
end
if ARGV[1] ~= 'open' and ARGV[1] ~= 'paused' and ARGV[1] ~= 'closed' then
  return redis.error_reply('ARGUMENT state of apply')
end

local fence = server_fence()
if not fence then return {'LOST', 'replica'} end
local fields = redis.call('HMGET', KEYS[1], 'state', 'fence', 'version',
  'stock', 'opensAtMs', 'closesAtMs', 'perUserLimit', 'document', 'granted')
local rearming = fields[1] == 'rearming'
if not fields[1] then return {'LOST', 'gate'} end
-- A gate that is being armed may carry the fence of the server that it was on.
if not rearming and fields[2] ~= fence then return {'LOST', 'fence'} end
local version = tonumber(fields[3] or 0) or 0
-- safeguard: apply writes only a higher version
if tonumber(ARGV[6]) <= version then return {'OLDER', text(version)} end
local part = frozen_part({fields[1], fields[4], fields[5], fields[6], fields[7], fields[3], fields[8]},
  fields[9], now_ms(), ARGV)
-- safeguard: a gate that has opened takes nothing back
if part then return {'FROZEN', part} end
redis.call('HSET', KEYS[1], rearming and 'operatorState' or 'state', ARGV[1], 'stock', ARGV[2],
  'opensAtMs', ARGV[3], 'closesAtMs', ARGV[4], 'perUserLimit', ARGV[5], 'version', ARGV[6], 'document', ARGV[7])
return {rearming and 'REARMING' or 'OK', ''}
