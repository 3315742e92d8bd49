-- complete-notes: from now on the notes are complete. The caller marked the end of the log after its claim,
-- and the ledger has reached it. So every grant that was confirmed before the claim has its row.
--
-- KEYS  1 unrecorded
-- ARGV  1 claim  2 fence that claim-notes.lua returned, then partition and position of each
-- Reply {'OK'}
--       {'LOST', what}: the server changed, or the claim is gone. The caller starts over.

-- safeguard: notes are complete on the server that was claimed
if server_fence() ~= ARGV[2] then return {'LOST', 'fence'} end
-- safeguard: notes are completed by the last claim
if redis.call('HGET', KEYS[1], 'claim') ~= ARGV[1] then return {'LOST', 'claim'} end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.find(field, '^recorded:') then redis.call('HDEL', KEYS[1], field) end
end
for index = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], 'recorded:' .. ARGV[index], ARGV[index + 1]) end
redis.call('HDEL', KEYS[1], 'claim')
redis.call('HSET', KEYS[1], 'marker', ARGV[2])
return {'OK'}
