-- fill: writes one chunk of the ledger into the keys of an epoch that has not begun.
--
-- KEYS  1 gate  2 winners:<epoch>  3 free:<epoch>
-- ARGV  1 fence that stop returned  2 claim
--       3 expiryMs: lifetime of the keys if the arming dies (milliseconds)
--       4 count of winners, then for each: field `<slot>:<user id>`, packed grant (decide.lua)
--       then free ranks, lowest first
-- Reply {'OK'}
--       {'LOST', what}: another arming claimed the gate, or the server lost memory or changed.
--       The arming starts over.
-- A chunk is never sent twice: its free ranks would be listed twice, and the flip would count them.

local count = tonumber(ARGV[4])
if #KEYS ~= 3 or not count or #ARGV < 4 + 2 * count or not string.find(ARGV[3], '^%d+$') then
  return redis.error_reply('ARGUMENT fill takes 3 keys, 4 values, 2 for each winner, and free ranks')
end
-- safeguard: the fence from stop to flip / fill
if server_fence() ~= ARGV[1] then return {'LOST', 'fence'} end
local fields = redis.call('HMGET', KEYS[1], 'state', 'claim')
if fields[1] ~= 'rearming' then return {'LOST', 'state'} end
-- safeguard: the claim from stop to flip / fill
if fields[2] ~= ARGV[2] then return {'LOST', 'claim'} end

-- unpack takes about 8,000 values at most.
local winnersEnd = 4 + 2 * count
for from = 5, winnersEnd, 1000 do
  redis.call('HSET', KEYS[2], unpack(ARGV, from, math.min(from + 999, winnersEnd)))
end
for from = winnersEnd + 1, #ARGV, 1000 do
  redis.call('RPUSH', KEYS[3], unpack(ARGV, from, math.min(from + 999, #ARGV)))
end
-- safeguard: rebuilt keys expire until the flip / winners
redis.call('PEXPIRE', KEYS[2], ARGV[3])
-- safeguard: rebuilt keys expire until the flip / free ranks
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return {'OK'}
