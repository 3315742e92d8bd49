-- retire: removes the gate of a campaign that the ledger calls retired, and lists it as retired.
-- It may be repeated.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>  5 campaigns  6 retired
-- ARGV  1 campaign id  2 epoch of the ledger
-- Reply {'OK'}
--       {'LOST', ''}: this server has no complete list (register.lua); nothing was written
--       {'EPOCH', epoch}: the gate has a later epoch; nothing was written

if #KEYS ~= 6 or #ARGV ~= 2 or not string.find(ARGV[2], '^%d+$') then
  return redis.error_reply('ARGUMENT retire takes 6 keys, an id and an epoch')
end
local fence = server_fence()
if not fence or redis.call('HGET', KEYS[5], 'marker') ~= fence then return {'LOST', ''} end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
-- The ledger went back in time: this gate may hold the only copy.
if epoch and tonumber(epoch) and tonumber(epoch) > tonumber(ARGV[2]) then return {'EPOCH', epoch} end
redis.call('SADD', KEYS[6], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
return {'OK'}
