-- publish-sample: what a process does, for consoles, while one watches.
-- What it writes is bounded, so a full Redis runs it too.
--
-- KEYS  1 watched  2 samples
-- ARGV  1 id of the process  2 its sample, as text  3 lifetime of a sample, ms  4 samples at most
-- Reply {'OK'}
--       {'UNWATCHED'}: no console watches; nothing was written
--       {'FULL'}: there are as many samples as there may be; nothing was written

if redis.call('EXISTS', KEYS[1]) == 0 then return {'UNWATCHED'} end
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now_ms()) .. ' ' .. ARGV[2])
if redis.call('HLEN', KEYS[2]) > tonumber(ARGV[4]) then
  redis.call('HDEL', KEYS[2], ARGV[1])
  return {'FULL'}
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {'OK'}
