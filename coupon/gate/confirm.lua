-- confirm: deletes outbox entries that the log has acknowledged. Only an OK makes a 201.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>
-- ARGV  1 layout  2 epoch of the grants
--       then for each entry: the number that names it, and its count of grants
-- Reply a refusal (order.lua), or {'OK', entries deleted}
--       An entry that is already gone was confirmed by a relay, which is fine.
--       A paused or closed gate confirms; a stopped gate refuses.

-- safeguard: the fence of confirm / call
-- safeguard: the epoch check of confirm / call
-- safeguard: the state check of confirm / call
local gate, refusal = live_gate(KEYS[1], ARGV[1], ARGV[2])
if refusal then return refusal end
-- safeguard: confirm compares the parts of a gate
refusal = disagreement(gate, KEYS[2], KEYS[3], KEYS[4])
if refusal then return refusal end

if #KEYS ~= 4 or #ARGV < 4 or #ARGV % 2 ~= 0 then
  return redis.error_reply('ARGUMENT confirm takes 4 keys, 2 values and 2 for each entry')
end
for index = 3, #ARGV do
  -- safeguard: confirm checks its arguments before it deletes
  if not string.find(ARGV[index], '^[1-9]%d*$') then
    return redis.error_reply('ARGUMENT value ' .. index .. ' of confirm is not a positive number')
  end
end

local deleted, grants = 0, 0
for index = 3, #ARGV, 2 do
  -- safeguard: confirm counts only what it deleted
  if redis.call('XDEL', KEYS[3], ARGV[2] .. '-' .. ARGV[index]) == 1 then
    deleted = deleted + 1
    grants = grants + tonumber(ARGV[index + 1])
  end
end
if deleted > 0 then
  redis.call('HSET', KEYS[1], 'entriesDeleted', text(gate.entriesDeleted + deleted),
    'grantsPending', text(gate.grantsPending - grants))
end
return {'OK', deleted}
