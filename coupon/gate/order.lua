-- Precedes every gate script: what must hold before a gate may answer.
--
-- A refusal is a reply {code, detail}:
--   UNARMED  the gate is missing, has another layout, or its parts disagree; detail: which
--   STALE    this server is not the one the gate was armed on, or not a master;
--            detail: its fence, or `replica`
--   REARMING the gate is being armed
--   EPOCH    the caller knows another epoch; detail: the epoch of the gate

local function server_fence()
  local info = redis.call('INFO', 'replication')
  -- safeguard: only a master has a fence
  if not string.find(info, 'role:master', 1, true) then return nil end
  -- safeguard: the fence is master_replid, not run_id
  return string.match(info, 'master_replid:(%x+)')
end

-- The gate's fields, or nil and a refusal. A gate that lacks any of its fields is UNARMED.
local function live_gate(gate_key, layout, epoch)
  local fields = redis.call('HMGET', gate_key, 'layout', 'epoch', 'fence', 'state',
    'granted', 'nextRank', 'entriesAppended', 'entriesDeleted', 'grantsPending',
    'stock', 'opensAtMs', 'closesAtMs', 'perUserLimit', 'grantableFromMs', 'version', 'claim', 'document', 'halted')
  -- safeguard: the state check of confirm
  if fields[4] == 'rearming' then return nil, {'REARMING', ''} end
  -- safeguard: the layout check
  if fields[1] ~= layout then return nil, {'UNARMED', 'layout'} end
  -- safeguard: every field of the gate is required
  for index = 1, 17 do
    if not fields[index] then return nil, {'UNARMED', 'field ' .. index} end
  end
  local fence = server_fence()
  -- safeguard: the fence of decide
  -- safeguard: the fence of look
  -- safeguard: the fence of confirm
  if fence ~= fields[3] then return nil, {'STALE', fence or 'replica'} end
  -- safeguard: the epoch check of decide
  -- safeguard: the epoch check of confirm
  if fields[2] ~= epoch then return nil, {'EPOCH', fields[2]} end
  -- safeguard: a halted gate answers as a paused one
  if fields[18] and fields[4] == 'open' then fields[4] = 'paused' end
  return {
    epoch = fields[2], state = fields[4],
    granted = tonumber(fields[5]), nextRank = tonumber(fields[6]),
    entriesAppended = tonumber(fields[7]), entriesDeleted = tonumber(fields[8]),
    grantsPending = tonumber(fields[9]), stock = tonumber(fields[10]),
    opensAtMs = tonumber(fields[11]), closesAtMs = tonumber(fields[12]),
    perUserLimit = tonumber(fields[13]), grantableFromMs = tonumber(fields[14]), version = fields[15],
    halted = fields[18],
  }
end

-- A refusal when the parts of a gate disagree, else nil.
-- An evicted outbox, for example, would turn "pending" into a false yes.
local function disagreement(gate, winners_key, outbox_key, free_key)
  -- safeguard: winners match the count of grants
  if redis.call('HLEN', winners_key) ~= gate.granted then return {'UNARMED', 'winners'} end
  -- safeguard: outbox entries match their counts
  if redis.call('XLEN', outbox_key) ~= gate.entriesAppended - gate.entriesDeleted then
    return {'UNARMED', 'outbox'}
  end
  -- safeguard: free ranks match the next rank
  if redis.call('LLEN', free_key) + gate.granted ~= gate.nextRank - 1 then return {'UNARMED', 'ranks'} end
  return nil
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Another one for each change of the list, also when the list was deleted between two of them.
local function new_revision()
  local time = redis.call('TIME')
  return time[1] .. '.' .. time[2]
end

-- A whole number as text. Lua's own conversion is cheaper, but exact only up to 14 digits: enough for ranks
-- and grant numbers.
local function text(number) return string.format('%.0f', number) end

-- Returns a function: whether the grant with this number still waits in the outbox.
-- The id of an entry is `<epoch>-<number of its first grant>`. Ranges are kept: a call reads each entry once.
local function pending_in(outbox_key, epoch)
  local empty = redis.call('XLEN', outbox_key) == 0
  local ranges = {}
  return function(number)
    if empty or number == 0 then return false end
    for index = 1, #ranges do
      local range = ranges[index]
      if number >= range[1] and number <= range[2] then return range[3] end
    end
    local found = redis.call('XREVRANGE', outbox_key, epoch .. '-' .. text(number), '-', 'COUNT', 1)
    if #found == 0 then return false end
    local first = tonumber(string.match(found[1][1], '-(%d+)$'))
    local last = first + tonumber(found[1][2][2]) - 1
    if number > last then
      ranges[#ranges + 1] = {last + 1, number, false}
      return false
    end
    ranges[#ranges + 1] = {first, last, true}
    return true
  end
end
