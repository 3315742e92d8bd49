-- list: the live campaigns.
--
-- KEYS  1 campaigns  2 retired
-- ARGV  any number of campaign ids; none asks for all that are live
-- Reply {'OK', nowMs, id, version, id, version, ...} with those that are live and, of those asked for, with the version `retired` those
--       whose gate is gone for good; {'LOST', nowMs}: this server has no whole list (register.lua)

local now = now_ms()
local fence = server_fence()
-- safeguard: the marker of the campaign list
if not fence or redis.call('HGET', KEYS[1], 'marker') ~= fence then return {'LOST', now} end
local reply = {'OK', now}
if #ARGV == 0 then
  local all = redis.call('HGETALL', KEYS[1])
  for index = 1, #all, 2 do
    if all[index] ~= 'marker' then
      reply[#reply + 1], reply[#reply + 2] = all[index], all[index + 1]
    end
  end
else
  local versions = redis.call('HMGET', KEYS[1], unpack(ARGV))
  local retired = redis.call('SMISMEMBER', KEYS[2], unpack(ARGV))
  for index = 1, #ARGV do
    local version = retired[index] == 1 and 'retired' or versions[index]
    if version then reply[#reply + 1], reply[#reply + 2] = ARGV[index], version end
  end
end
return reply
