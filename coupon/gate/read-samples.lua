-- read-samples: what all processes do, for a console that watches.
-- What it writes is bounded, so a full Redis runs it too.
--
-- KEYS  1 watched  2 samples
-- ARGV  1 how long processes go on publishing, ms  2 lifetime of a sample, ms
-- Reply {'OK', id, atMs, sample, id, atMs, sample, ...}
--       Samples that are older than their lifetime are of processes that have ended: they are deleted.

redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
local now = now_ms()
local reply = {'OK'}
local all = redis.call('HGETALL', KEYS[2])
for index = 1, #all, 2 do
  local at, sample = string.match(all[index + 1], '^(%d+) (.*)$')
  if at and now - tonumber(at) <= tonumber(ARGV[2]) then
    local size = #reply
    reply[size + 1], reply[size + 2], reply[size + 3] = all[index], at, sample
  else
    redis.call('HDEL', KEYS[2], all[index])
  end
end
return reply
