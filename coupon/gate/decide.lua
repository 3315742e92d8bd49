-- decide: which of these requests get a coupon now. A call is carried out as a whole or not at all.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>  5 unrecorded
-- ARGV  1 layout  2 epoch  3 outboxGrantsMax (grants)
--       4 the requests, one line `slot user-id coupon-id` each: 1..10, 1 to 64 characters, 36 characters.
--         They are one value, because each value of a call costs the client time
-- Reply a refusal (order.lua), or
--   {'OK', nowMs, number, granted, nextRank, refusedAs, freeRanks, exceptions}
--     requests that are not in `exceptions` are served in order: the first `granted` of them got a coupon,
--     the rest get `refusedAs` (PAUSED, CLOSED, NOT_OPEN, BACKLOG, HELD, SOLD_OUT)
--     ranks: first `freeRanks`, in order, then nextRank, nextRank + 1, ...
--     number: the number of the first new grant, which names the outbox entry; 0 without new grants
--     exceptions: index (from 1), kind and value of each, flat:
--       WON (value: the packed grant), PENDING (the same, not confirmed),
--       SAME (value: index of the first request of this user and slot in this call),
--       OVER_LIMIT (value: the limit)
-- A packed grant is `couponId|rank|grantedAtMs|number`.
-- An ARGUMENT error writes nothing.

local gate_key, winners_key, outbox_key, free_key, unrecorded_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local layout, epoch, outboxGrantsMax = ARGV[1], ARGV[2], tonumber(ARGV[3])

-- safeguard: the fence of decide / call
-- safeguard: the epoch check of decide / call
local gate, refusal = live_gate(gate_key, layout, epoch)
if refusal then return refusal end
refusal = disagreement(gate, winners_key, outbox_key, free_key)
if refusal then return refusal end

-- Whether returned units wait for processes that remember "sold out". A hold that lies further ahead than it
-- was set is over: the clock went back.
local function is_held(now)
  local leftMs = gate.grantableFromMs - now
  if leftMs <= 0 then return false end
  -- safeguard: a hold ends when the clock goes back
  return leftMs <= tonumber(redis.call('HGET', gate_key, 'holdMs') or leftMs)
end

local campaign_id = string.match(gate_key, '{(.+)}')
-- Lua does not roll back: all arguments are checked before the first write.
-- safeguard: decide checks the number of its keys and values
if #KEYS ~= 5 or #ARGV ~= 4 or not outboxGrantsMax or not campaign_id then
  return redis.error_reply('ARGUMENT decide takes 5 keys and 4 values')
end
local count, length = 0, 0
local slots, users, coupons, fields = {}, {}, {}, {}
for slot, user, coupon in string.gmatch(ARGV[4], '(%d+) ([%w._~@|:+-]+) ([%x-]+)\n') do
  count = count + 1
  length = length + #slot + #user + #coupon + 3
  -- safeguard: every request is checked before the first write
  if #slot > 2 or slot == '0' or (#slot == 2 and slot ~= '10') or #user > 64 or #coupon ~= 36 then
    return redis.error_reply('ARGUMENT request ' .. count)
  end
  slots[count], users[count], coupons[count] = slot, user, coupon
  fields[count] = slot .. ':' .. user
end
-- A request that the pattern skipped would get no answer.
-- safeguard: no request is skipped
if count == 0 or length ~= #ARGV[4] then
  return redis.error_reply('ARGUMENT a request is not `slot user-id coupon-id`')
end

local now = now_ms()
local refusedAs = ''
if gate.state == 'paused' then refusedAs = 'PAUSED'
elseif gate.state == 'closed' then refusedAs = 'CLOSED'
elseif gate.state ~= 'open' then return {'UNARMED', 'state'}
elseif now < gate.opensAtMs then refusedAs = 'NOT_OPEN'
elseif now >= gate.closesAtMs then refusedAs = 'CLOSED'
end

-- safeguard: the outbox bound
local room = outboxGrantsMax - gate.grantsPending
local stockLeft = gate.stock - gate.granted
local available = 0
if refusedAs == '' then
  if room <= 0 then refusedAs = 'BACKLOG'
  -- safeguard: returned units are held after an arming
  elseif stockLeft > 0 and is_held(now) then refusedAs = 'HELD'
  -- safeguard: a full outbox is not "sold out"
  elseif room < stockLeft then available, refusedAs = room, 'BACKLOG'
  else available, refusedAs = math.max(stockLeft, 0), 'SOLD_OUT'
  end
end

local wonBefore = redis.call('HMGET', winners_key, unpack(fields))
local is_pending = pending_in(outbox_key, epoch)
local exceptions, winners, lines, freeRanks = {}, {}, {}, {}
local seen = {}
local granted, nextRank = 0, gate.nextRank
local nowPart = '|' .. text(now) .. '|'
local first = gate.granted + 1
-- safeguard: free ranks are used first
local free = nextRank - 1 > gate.granted and redis.call('LRANGE', free_key, 0, count - 1) or {}
local function except(index, kind, value)
  local at = #exceptions
  exceptions[at + 1], exceptions[at + 2], exceptions[at + 3] = index, kind, value
end

for index = 1, count do
  local field, won, slot = fields[index], wonBefore[index], slots[index]
  -- safeguard: winners before paused and closed
  -- safeguard: winners before the opening window
  -- safeguard: winners before the outbox bound
  -- safeguard: winners before the stock
  if won then
    local number = tonumber(string.match(won, '|(%d+)$'))
    -- safeguard: a grant is pending while its entry waits
    except(index, is_pending(number) and 'PENDING' or 'WON', won)
  -- safeguard: a user counts once in a call
  elseif seen[field] then
    except(index, 'SAME', text(seen[field]))
  elseif refusedAs ~= 'PAUSED' and refusedAs ~= 'CLOSED' and tonumber(slot) > gate.perUserLimit then
    except(index, 'OVER_LIMIT', text(gate.perUserLimit))
  elseif granted < available then
    local rank
    if #freeRanks < #free then
      rank = free[#freeRanks + 1]
      freeRanks[#freeRanks + 1] = tonumber(rank)
    else
      rank = nextRank
      nextRank = nextRank + 1
    end
    seen[field] = index
    local coupon = coupons[index]
    winners[2 * granted + 1] = field
    winners[2 * granted + 2] = coupon .. '|' .. rank .. nowPart .. first + granted
    granted = granted + 1
    lines[granted] = coupon .. ',' .. slot .. ',' .. rank .. ',' .. users[index]
  else
    seen[field] = index
  end
end

if granted > 0 then
  redis.call('HSET', winners_key, unpack(winners))
  if #freeRanks > 0 then redis.call('LPOP', free_key, #freeRanks) end
  -- safeguard: the outbox / entry
  redis.call('XADD', outbox_key, epoch .. '-' .. text(first), 'count', text(granted),
    'grantedAtMs', text(now), 'grants', table.concat(lines, '\n'))
  -- safeguard: the outbox / count
  redis.call('HSET', gate_key, 'granted', text(gate.granted + granted), 'lastGrantAtMs', text(now),
    'nextRank', text(nextRank), 'entriesAppended', text(gate.entriesAppended + 1),
    'grantsPending', text(gate.grantsPending + granted))
  -- safeguard: a grant is noted as unrecorded
  redis.call('HSET', unrecorded_key, campaign_id, epoch .. ':' .. text(gate.granted + granted))
end

return {'OK', now, granted > 0 and first or 0, granted, gate.nextRank, refusedAs, freeRanks, exceptions}
