-- flip: the last step of arming. Opens the gate at this epoch.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>
-- ARGV  1 layout  2 epoch  3 fence that stop returned  4 claim
--       5 winners rebuilt  6 free ranks rebuilt  7 next rank
--       8 lastGrantAtMs: of the winners rebuilt, 0 without any
--       9 holdMs: units are grantable only after this long (milliseconds)
--       10 state (open, paused, closed)  11 stock  12 opensAtMs  13 closesAtMs  14 perUserLimit  15 version
--       16 document (JSON). When the gate has a higher version, its own 10 to 16 stay. They stay too when it
--       has opened, and these would take something from a holder (frozen.lua)
-- Reply {'OK', nowMs, epoch of the previous gate, 0 for none, version}
--       {'LOST', what}: another arming claimed the gate, the server lost memory or changed, or the rebuilt
--       keys do not hold as many items as were written. The arming starts over.

if #KEYS ~= 4 or #ARGV ~= 16 then return redis.error_reply('ARGUMENT flip takes 4 keys and 16 values') end
for _, index in ipairs({2, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15}) do
  if not string.find(ARGV[index], '^%d+$') then
    return redis.error_reply('ARGUMENT value ' .. index .. ' of flip is not a number')
  end
end
if ARGV[10] ~= 'open' and ARGV[10] ~= 'paused' and ARGV[10] ~= 'closed' then
  return redis.error_reply('ARGUMENT state of flip')
end

-- safeguard: the fence from stop to flip
if server_fence() ~= ARGV[3] then return {'LOST', 'fence'} end
local fields = redis.call('HMGET', KEYS[1], 'state', 'claim', 'epoch',
  'operatorState', 'stock', 'opensAtMs', 'closesAtMs', 'perUserLimit', 'version', 'document',
  'granted')
-- safeguard: flip opens only a stopped gate
if fields[1] ~= 'rearming' then return {'LOST', 'state'} end
-- safeguard: the claim from stop to flip
if fields[2] ~= ARGV[4] then return {'LOST', 'claim'} end
-- safeguard: the count of winners at the flip
if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[5]) then return {'LOST', 'winners'} end
-- safeguard: an empty outbox at the flip
if redis.call('XLEN', KEYS[3]) ~= 0 then return {'LOST', 'outbox'} end
-- safeguard: the count of free ranks at the flip
if redis.call('LLEN', KEYS[4]) ~= tonumber(ARGV[6]) then return {'LOST', 'free'} end

-- The settings are those of the highest version, from one of the two as a whole: the ledger (ARGV) or the
-- gate. The gate is higher when a change came meanwhile, or when the ledger went back in time.
local settings = {unpack(ARGV, 10, 16)}
local isWhole = true
for index = 1, 7 do isWhole = isWhole and fields[index + 3] end
-- safeguard: flip keeps a higher version of the gate
if isWhole and tonumber(fields[9]) > tonumber(ARGV[15]) then settings = {unpack(fields, 4, 10)} end
local now = now_ms()
-- safeguard: a flip takes nothing back
if frozen_part({unpack(fields, 4, 10)}, fields[11], now, settings) then settings = {unpack(fields, 4, 10)} end

redis.call('PERSIST', KEYS[2])
redis.call('PERSIST', KEYS[4])
redis.call('HSET', KEYS[1], 'layout', ARGV[1], 'epoch', ARGV[2], 'fence', ARGV[3], 'state', settings[1],
  'granted', ARGV[5], 'lastGrantAtMs', ARGV[8], 'nextRank', ARGV[7],
  'entriesAppended', '0', 'entriesDeleted', '0', 'grantsPending', '0',
  'stock', settings[2], 'opensAtMs', settings[3], 'closesAtMs', settings[4], 'perUserLimit', settings[5],
  'grantableFromMs', text(now + tonumber(ARGV[9])), 'holdMs', ARGV[9],
  'version', settings[6], 'document', settings[7])
redis.call('HDEL', KEYS[1], 'progress', 'operatorState')
return {'OK', now, tonumber(fields[3] or 0), tonumber(settings[6])}
