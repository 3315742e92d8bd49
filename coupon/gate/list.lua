-- list: the live campaigns.
--
-- KEYS  1 campaigns  2 retired
-- ARGV  1 revision that the caller has read, or ''
--       then campaign ids, or none for all live campaigns
-- Reply {'OK', nowMs, revision, id, version, id, version, ...}
--       Without ids: all live campaigns. With ids: those of them that are live, and those whose gate was
--       removed for good, with the version `retired`
--       {'SAME', nowMs}: the list has the revision that the caller has read
--       {'LOST', nowMs}: this server has no complete list (register.lua)

local now = now_ms()
local fence = server_fence()
local heads = redis.call('HMGET', KEYS[1], 'marker', 'revision')
-- safeguard: the marker of the campaign list
if not fence or heads[1] ~= fence then return {'LOST', now} end
local revision = fence .. ':' .. (heads[2] or '')
if revision == ARGV[1] then return {'SAME', now} end
local reply = {'OK', now, revision}
if #ARGV == 1 then
  local all = redis.call('HGETALL', KEYS[1])
  for index = 1, #all, 2 do
    if all[index] ~= 'marker' and all[index] ~= 'revision' then
      reply[#reply + 1], reply[#reply + 2] = all[index], all[index + 1]
    end
  end
else
  local ids = {unpack(ARGV, 2)}
  local versions = redis.call('HMGET', KEYS[1], unpack(ids))
  local retired = redis.call('SMISMEMBER', KEYS[2], unpack(ids))
  for index = 1, #ids do
    local version = retired[index] == 1 and 'retired' or versions[index]
    if version then reply[#reply + 1], reply[#reply + 2] = ids[index], version end
  end
end
return reply
