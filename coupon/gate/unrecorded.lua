-- unrecorded: the campaigns with grants that may not be in the ledger yet (decide.lua notes them).
-- It writes nothing, but has no `no-writes` flag: a cut-off master must refuse it.
--
-- KEYS  1 unrecorded
-- Reply {'OK', fence, {field, value, field, value, ...}}: the notes, and the positions `recorded:<partition>`
--       {'LOST', the same}: this server has lost notes, or another one had them. Which grants the ledger does
--       not have is unknown until complete-notes.lua

local fence = server_fence()
-- safeguard: lost notes are no notes
local code = fence and redis.call('HGET', KEYS[1], 'marker') == fence and 'OK' or 'LOST'
return {code, fence or '', redis.call('HGETALL', KEYS[1])}
