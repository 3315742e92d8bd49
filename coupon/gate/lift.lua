-- lift: removes the mark of halt.lua, once the ledger has recorded the halt and the gate has that version.
--
-- KEYS  1 gate
-- ARGV  1 id of the change that halted  2 version at which the ledger has recorded it
-- Reply {'OK'}: the mark is gone, or was gone
--       {'KEPT', why}: the gate has another mark, an older version, or is being armed; nothing was written
--       {'LOST', what}: this server takes no writes

if #KEYS ~= 1 or #ARGV ~= 2 or not string.find(ARGV[2], '^%d+$') then
  return redis.error_reply('ARGUMENT lift takes a key, an id and a version')
end
if not server_fence() then return {'LOST', 'replica'} end
local fields = redis.call('HMGET', KEYS[1], 'halted', 'version', 'state')
if not fields[1] then return {'OK'} end
-- safeguard: lift removes exactly the mark that was recorded
if string.match(fields[1], '^%S+') ~= ARGV[1] then return {'KEPT', 'mark'} end
-- A flip could still take older settings.
if fields[3] == 'rearming' then return {'KEPT', 'rearming'} end
-- safeguard: a mark stays until the gate has the recorded version
if (tonumber(fields[2]) or 0) < tonumber(ARGV[2]) then return {'KEPT', 'version'} end
redis.call('HDEL', KEYS[1], 'halted')
return {'OK'}
