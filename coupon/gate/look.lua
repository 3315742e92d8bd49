-- look: what these users hold.
-- It writes nothing, but has no `no-writes` flag: a cut-off master must refuse it.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>
-- ARGV  1 layout  2 epoch, then `<slot>:<user id>` of each user, at least one
-- Reply a refusal (order.lua), or {'OK', nowMs, found}
--       found: index (from 1), kind (WON or PENDING) and value (the packed grant, decide.lua) of each, flat

-- safeguard: the fence of look / call
local gate, refusal = live_gate(KEYS[1], ARGV[1], ARGV[2])
if refusal then return refusal end
refusal = disagreement(gate, KEYS[2], KEYS[3], KEYS[4])
if refusal then return refusal end

if #KEYS ~= 4 or #ARGV < 3 then
  return redis.error_reply('ARGUMENT look takes 4 keys, 2 values and at least one user')
end
local users = {}
for index = 3, #ARGV do users[index - 2] = ARGV[index] end

local is_pending = pending_in(KEYS[3], ARGV[2])
local found = {}
local packed = redis.call('HMGET', KEYS[2], unpack(users))
for index = 1, #users do
  if packed[index] then
    local at = #found
    local number = tonumber(string.match(packed[index], '|(%d+)$'))
    found[at + 1], found[at + 2] = index, is_pending(number) and 'PENDING' or 'WON'
    found[at + 3] = packed[index]
  end
end
return {'OK', now_ms(), found}
