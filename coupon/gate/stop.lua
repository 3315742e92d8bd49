-- stop: the first step of arming. From here nothing is granted or confirmed.
--
-- KEYS  1 gate
-- ARGV  1 epoch of the ledger  2 claim, `<epoch>:<unique>`
-- Reply {'OK', fence}: the fence of this server; the flip must find the same
--       {'STALE', ''}: this server takes no writes
--       {'EPOCH', epoch}: a gate or a claim of a higher epoch exists; the arming gives up

local epoch = tonumber(ARGV[1])
local fence = server_fence()
if not fence then return {'STALE', ''} end
if #KEYS ~= 1 or not epoch or not string.find(ARGV[2] or '', '^%d+:.') then
  return redis.error_reply('ARGUMENT stop takes a key, an epoch and a claim')
end
local fields = redis.call('HMGET', KEYS[1], 'epoch', 'claim', 'state')
local ofGate = tonumber(fields[1] or 0) or 0
local ofClaim = tonumber(string.match(fields[2] or '', '^(%d+):') or 0)
-- safeguard: stop gives up on a higher epoch
if ofGate > epoch or ofClaim > epoch then return {'EPOCH', text(math.max(ofGate, ofClaim))} end

-- What the operator set, for a flip that finds the version of the gate to be the higher one.
if fields[3] and fields[3] ~= 'rearming' then redis.call('HSET', KEYS[1], 'operatorState', fields[3]) end
redis.call('HSET', KEYS[1], 'state', 'rearming', 'claim', ARGV[2])
redis.call('HDEL', KEYS[1], 'progress')
redis.call('PERSIST', KEYS[1])
return {'OK', fence}
