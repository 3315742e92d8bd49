-- room: whether a full Redis refuses what needs memory, and whether a console watches.
-- It writes nothing, and has no flags: a full Redis (OOM) refuses it as it refuses a grant.
--
-- KEYS  1 watched
-- Reply {'WATCHED'} or {'UNWATCHED'}

return {redis.call('EXISTS', KEYS[1]) == 1 and 'WATCHED' or 'UNWATCHED'}
