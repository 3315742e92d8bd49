-- register: adds campaigns to the list of live ones or to the retired ones. The highest version wins.
--
-- The marker is the fence of the server on which the complete list was written. A server that restarted or
-- was replaced may hold an older list. That list must read as lost, never as "no such campaign". The marker
-- covers the retired ones too.
--
-- KEYS  1 campaigns  2 retired
-- ARGV  1 'some' (adds to a complete list) or 'all' (this is the complete list: sets the marker)
--       then id and version of each campaign; version `retired`: its gate was removed for good
-- Reply {'OK'}
--       {'LOST'}: this server has no complete list; nothing was written
--       {'STALE'}: this server takes no writes

local fence = server_fence()
if not fence then return {'STALE'} end
if #KEYS ~= 2 or #ARGV % 2 ~= 1 or (ARGV[1] ~= 'some' and ARGV[1] ~= 'all') then
  return redis.error_reply('ARGUMENT register takes 2 keys, some or all, and id and version of each')
end
for index = 3, #ARGV, 2 do
  if ARGV[index] ~= 'retired' and not string.find(ARGV[index], '^[1-9]%d*$') then
    return redis.error_reply('ARGUMENT value ' .. index .. ' of register is not a version')
  end
end
-- safeguard: nothing is added to a lost list
if ARGV[1] == 'some' and redis.call('HGET', KEYS[1], 'marker') ~= fence then return {'LOST'} end
for index = 2, #ARGV, 2 do
  local id, version = ARGV[index], ARGV[index + 1]
  if version == 'retired' then
    -- A campaign that is listed as live has keys here. It stays listed until retire.lua removes them.
    redis.call('SADD', KEYS[2], id)
  else
    local there = tonumber(redis.call('HGET', KEYS[1], id) or 0) or 0
    if tonumber(version) > there then redis.call('HSET', KEYS[1], id, version) end
  end
end
if ARGV[1] == 'all' then redis.call('HSET', KEYS[1], 'marker', fence) end
redis.call('HSET', KEYS[1], 'revision', new_revision())
return {'OK'}
