-- list: the live campaigns.
--
-- KEYS  1 campaigns  2 retired
-- ARGV  campaign ids, or none for all live campaigns
-- Reply {'OK', nowMs, id, version, id, version, ...}
--       Without ids: all live campaigns. With ids: those of them that are live, and those whose gate was
--       removed for good, with the version `retired`
--       {'LOST', nowMs}: this server has no complete list (register.lua)

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
