-- claim-notes: begins the step that ends with complete-notes.lua. A later claim overwrites an earlier one.
--
-- KEYS  1 unrecorded
-- ARGV  1 claim, unique to this try
-- Reply {'OK', fence}, or {'STALE'}: this server is not a master

local fence = server_fence()
if not fence then return {'STALE'} end
redis.call('HSET', KEYS[1], 'claim', ARGV[1])
return {'OK', fence}
