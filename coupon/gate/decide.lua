-- decide: which of these users get a coupon now. All of a call or nothing of it.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>
-- ARGV  1 layout  2 epoch  3 outboxGrantsMax (grants)
--       then for each request: user id, slot (1..10), coupon id (36 characters)
-- Reply a refusal (order.lua), or
--   {'OK', nowMs, number, granted, nextRank, refusedAs, freeRanks, exceptions}
--     requests that are not in `exceptions` are served in order: the first `granted` of them got a coupon, the rest `refusedAs`
--     (PAUSED, CLOSED, NOT_OPEN, BACKLOG, HELD, SOLD_OUT)
--     ranks: first `freeRanks`, in order, then nextRank, nextRank + 1, ...
--     number: the number of the first new grant, which names the outbox entry; 0 when there is none
--     exceptions: {index, kind, value} one after the other, index from 1:
--       WON (value: the packed grant), PENDING (the same, not confirmed), SAME (index of the same request in this call),
--       OVER_LIMIT (value: the limit)
-- A packed grant is `couponId|rank|grantedAtMs|number`.
-- An error ARGUMENT leaves no trace.

local gate_key, winners_key, outbox_key, free_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local layout, epoch, outboxGrantsMax = ARGV[1], ARGV[2], tonumber(ARGV[3])

local gate, refusal = live_gate(gate_key, layout, epoch)
if refusal then return refusal end
refusal = disagreement(gate, winners_key, outbox_key, free_key)
if refusal then return refusal end

-- Lua does not roll back: everything is checked before the first write.
local count = (#ARGV - 3) / 3
if #KEYS ~= 4 or not outboxGrantsMax or count < 1 or count ~= math.floor(count) then
  return redis.error_reply('ARGUMENT decide takes 4 keys, 3 values and 3 for each request')
end
local users = {}
for index = 1, count do
  local at = 3 * index + 1
  local user, slot, coupon = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if #user < 1 or #user > 64 or string.find(user, '[^%w._~@|:+-]') then
    return redis.error_reply('ARGUMENT user id of request ' .. index)
  end
  if slot ~= '10' and not string.find(slot, '^[1-9]$') then
    return redis.error_reply('ARGUMENT slot of request ' .. index)
  end
  if #coupon ~= 36 or string.find(coupon, '[^%x-]') then
    return redis.error_reply('ARGUMENT coupon id of request ' .. index)
  end
  users[index] = slot .. ':' .. user
end

local now = now_ms()
local refusedAs = ''
if gate.state == 'paused' then refusedAs = 'PAUSED'
elseif gate.state == 'closed' then refusedAs = 'CLOSED'
elseif gate.state ~= 'open' then return {'UNARMED', 'state'}
elseif now < gate.opensAtMs then refusedAs = 'NOT_OPEN'
elseif now >= gate.closesAtMs then refusedAs = 'CLOSED'
end

local room = outboxGrantsMax - gate.grantsPending
local stockLeft = gate.stock - gate.granted
local available = 0
if refusedAs == '' then
  if room <= 0 then refusedAs = 'BACKLOG'
  elseif stockLeft > 0 and now < gate.grantableFromMs then refusedAs = 'HELD'
  elseif room < stockLeft then available, refusedAs = room, 'BACKLOG'
  else available, refusedAs = math.max(stockLeft, 0), 'SOLD_OUT'
  end
end

local wonBefore = redis.call('HMGET', winners_key, unpack(users))
local is_pending = pending_in(outbox_key, epoch)
local exceptions, winners, lines, freeRanks = {}, {}, {}, {}
local seen = {}
local granted, nextRank = 0, gate.nextRank
local first = gate.granted + 1
local free = nextRank - 1 > gate.granted and redis.call('LRANGE', free_key, 0, count - 1) or {}
local function except(index, kind, value)
  local at = #exceptions
  exceptions[at + 1], exceptions[at + 2], exceptions[at + 3] = index, kind, value
end

for index = 1, count do
  local user, won = users[index], wonBefore[index]
  local slot = ARGV[3 * index + 2]
  if won then
    local number = tonumber(string.match(won, '|(%d+)$'))
    except(index, is_pending(number) and 'PENDING' or 'WON', won)
  elseif seen[user] then
    except(index, 'SAME', text(seen[user]))
  elseif refusedAs ~= 'PAUSED' and refusedAs ~= 'CLOSED' and tonumber(slot) > gate.perUserLimit then
    except(index, 'OVER_LIMIT', text(gate.perUserLimit))
  elseif granted < available then
    local rank
    if #freeRanks < #free then
      rank = free[#freeRanks + 1]
      freeRanks[#freeRanks + 1] = tonumber(rank)
    else
      rank = text(nextRank)
      nextRank = nextRank + 1
    end
    seen[user] = index
    local coupon = ARGV[3 * index + 3]
    winners[2 * granted + 1] = user
    winners[2 * granted + 2] = coupon .. '|' .. rank .. '|' .. text(now) .. '|' .. text(first + granted)
    granted = granted + 1
    lines[granted] = coupon .. ',' .. slot .. ',' .. rank .. ',' .. ARGV[3 * index + 1]
  else
    seen[user] = index
  end
end

if granted > 0 then
  redis.call('HSET', winners_key, unpack(winners))
  if #freeRanks > 0 then redis.call('LPOP', free_key, #freeRanks) end
  redis.call('XADD', outbox_key, epoch .. '-' .. text(first), 'count', text(granted),
    'grantedAtMs', text(now), 'grants', table.concat(lines, '\n'))
  redis.call('HSET', gate_key, 'granted', text(gate.granted + granted), 'nextRank', text(nextRank),
    'entriesAppended', text(gate.entriesAppended + 1), 'grantsPending', text(gate.grantsPending + granted))
end

return {'OK', now, granted > 0 and first or 0, granted, gate.nextRank, refusedAs, freeRanks, exceptions}
