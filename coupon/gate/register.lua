-- register: puts campaigns on the list of live ones, or among the retired. The highest version wins.
--
-- The marker is the fence of the server that the whole list was written on: a server that restarted or was replaced may hold an
-- older list, which must read as lost and never as "no such campaign". It speaks for the retired ones too.
--
-- KEYS  1 campaigns  2 retired
-- ARGV  1 'some' (add to a whole list) or 'all' (this is the whole list: sets the marker), then id, version one after the other;
--         the version `retired` is that of a campaign whose gate is gone for good
-- Reply {'OK'}; {'LOST'}: no list of this server is here, and nothing was written; {'STALE'}: this server takes no writes

local fence = server_fence()
if not fence then return {'STALE'} end
if #KEYS ~= 2 or #ARGV % 2 ~= 1 or (ARGV[1] ~= 'some' and ARGV[1] ~= 'all') then
  return redis.error_reply('ARGUMENT register takes 2 keys, some or all, and id, version')
end
for index = 3, #ARGV, 2 do
  if ARGV[index] ~= 'retired' and not string.find(ARGV[index], '^[1-9]%d*$') then
    return redis.error_reply('ARGUMENT value ' .. index .. ' of register is no version')
  end
end
-- safeguard: nothing is added to a lost list
if ARGV[1] == 'some' and redis.call('HGET', KEYS[1], 'marker') ~= fence then return {'LOST'} end
for index = 2, #ARGV, 2 do
  local id, version = ARGV[index], ARGV[index + 1]
  if version == 'retired' then
    -- One that is listed as live here has keys here: it stays on the list until they are taken away (retire.lua).
    redis.call('SADD', KEYS[2], id)
  else
    local there = tonumber(redis.call('HGET', KEYS[1], id) or 0) or 0
    if tonumber(version) > there then redis.call('HSET', KEYS[1], id, version) end
  end
end
if ARGV[1] == 'all' then redis.call('HSET', KEYS[1], 'marker', fence) end
return {'OK'}
