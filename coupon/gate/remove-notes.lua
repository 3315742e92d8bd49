-- remove-notes: takes out the notes of campaigns whose grants are all in the ledger.
--
-- KEYS  1 unrecorded
-- ARGV  1 number of positions, then partition and position of each: how far the ledger was
--       then campaign id and note of each campaign, as they were read before these positions were marked
-- Reply {'OK', notes removed}
--       {'LOST'}: the notes of this server are not complete; nothing was written

if #KEYS ~= 1 or not string.find(ARGV[1] or '', '^%d+$') then
  return redis.error_reply('ARGUMENT remove-notes takes a key, positions and notes')
end
local fence = server_fence()
if not fence or redis.call('HGET', KEYS[1], 'marker') ~= fence then return {'LOST'} end
local first_note = 2 + 2 * tonumber(ARGV[1])
for index = 2, first_note - 1, 2 do
  local field = 'recorded:' .. ARGV[index]
  local before = tonumber(redis.call('HGET', KEYS[1], field) or '0')
  if tonumber(ARGV[index + 1]) > before then redis.call('HSET', KEYS[1], field, ARGV[index + 1]) end
end
local removed = 0
for index = first_note, #ARGV, 2 do
  -- A campaign that granted since has another note.
  -- safeguard: a note of a later grant stays
  if redis.call('HGET', KEYS[1], ARGV[index]) == ARGV[index + 1] then
    removed = removed + redis.call('HDEL', KEYS[1], ARGV[index])
  end
end
return {'OK', removed}
