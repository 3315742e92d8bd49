-- register: puts campaigns on the list of live ones. The highest version wins.
--
-- The marker is the fence of the server that the whole list was written on: a server that restarted or was replaced may hold an
-- older list, which must read as lost and never as "no such campaign".
--
-- KEYS  1 campaigns
-- ARGV  1 'some' (add to a whole list) or 'all' (this is the whole list: sets the marker), then id, version one after the other
-- Reply {'OK'}; {'LOST'}: no list of this server is here, and nothing was written; {'STALE'}: this server takes no writes

local fence = server_fence()
if not fence then return {'STALE'} end
if #KEYS ~= 1 or #ARGV % 2 ~= 1 or (ARGV[1] ~= 'some' and ARGV[1] ~= 'all') then
  return redis.error_reply('ARGUMENT register takes a key, some or all, and id, version')
end
for index = 3, #ARGV, 2 do
  if not string.find(ARGV[index], '^[1-9]%d*$') then
    return redis.error_reply('ARGUMENT value ' .. index .. ' of register is no version')
  end
end
if ARGV[1] == 'some' and redis.call('HGET', KEYS[1], 'marker') ~= fence then return {'LOST'} end
for index = 2, #ARGV, 2 do
  local there = tonumber(redis.call('HGET', KEYS[1], ARGV[index]) or 0) or 0
  if tonumber(ARGV[index + 1]) > there then redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
end
if ARGV[1] == 'all' then redis.call('HSET', KEYS[1], 'marker', fence) end
return {'OK'}
