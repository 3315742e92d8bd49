-- retire: removes the gate of a campaign that the ledger calls retired, and lists it as retired.
-- It may be repeated.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>  5 campaigns  6 retired
--       7 unrecorded
-- ARGV  1 campaign id  2 epoch of the ledger  3 version of the ledger: both are those that were audited
-- Reply {'OK'}
--       {'LOST', ''}: this server has no complete list (register.lua); nothing was written
--       {'EPOCH', epoch}: the gate has another epoch; nothing was written
--       {'VERSION', version}, {'OPEN', state}, {'OUTBOX', entries}: the gate is not the one that was audited,
--       may grant, or has grants that are not confirmed; nothing was written

if #KEYS ~= 7 or #ARGV ~= 3 or not string.find(ARGV[2], '^%d+$') or not string.find(ARGV[3], '^%d+$') then
  return redis.error_reply('ARGUMENT retire takes 7 keys, an id, an epoch and a version')
end
local fence = server_fence()
if not fence or redis.call('HGET', KEYS[5], 'marker') ~= fence then return {'LOST', ''} end
local fields = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'fence', 'state', 'closesAtMs')
local epoch, version = tonumber(fields[1] or 0) or 0, tonumber(fields[2] or 0) or 0
-- The ledger went back in time: this gate may hold the only copy.
if epoch > tonumber(ARGV[2]) then return {'EPOCH', text(epoch)} end
-- A gate of another fence is an old copy: it can neither grant nor confirm, and what it holds was audited.
if fields[3] == fence then
  if epoch ~= tonumber(ARGV[2]) then return {'EPOCH', text(epoch)} end
  -- safeguard: retire removes only the version that was audited
  if version ~= tonumber(ARGV[3]) then return {'VERSION', text(version)} end
  -- safeguard: retire removes no open gate
  if fields[4] == 'open' and now_ms() < (tonumber(fields[5]) or 0) then return {'OPEN', fields[4]} end
  local entries = redis.call('XLEN', KEYS[3])
  -- safeguard: retire removes no outbox entry
  if entries > 0 then return {'OUTBOX', text(entries)} end
end
redis.call('SADD', KEYS[6], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
redis.call('HSET', KEYS[5], 'revision', new_revision())
redis.call('HDEL', KEYS[7], ARGV[1])
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
return {'OK'}
