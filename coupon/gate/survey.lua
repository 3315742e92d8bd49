-- survey: the counters of a gate and the lengths of its keys, at one moment.
-- It is for the audit, which compares them itself: a gate whose parts disagree is not refused.
-- It writes nothing, but has no `no-writes` flag: a cut-off master must refuse it.
--
-- KEYS  1 gate  2 winners:<epoch>  3 outbox:<epoch>  4 free:<epoch>
-- ARGV  1 layout  2 epoch of the keys
-- Reply a refusal (order.lua), or
--       {'OK', nowMs, granted, nextRank, entriesAppended, entriesDeleted, grantsPending,
--        winners, entries, free ranks, halted}: three lengths of the keys, and 1 when the gate has a mark of
--       halt.lua, else 0

local gate, refusal = live_gate(KEYS[1], ARGV[1], ARGV[2])
if refusal then return refusal end
if #KEYS ~= 4 or #ARGV ~= 2 then return redis.error_reply('ARGUMENT survey takes 4 keys and 2 values') end
return {'OK', now_ms(),
  gate.granted, gate.nextRank, gate.entriesAppended, gate.entriesDeleted, gate.grantsPending,
  redis.call('HLEN', KEYS[2]), redis.call('XLEN', KEYS[3]), redis.call('LLEN', KEYS[4]), gate.halted and 1 or 0}
