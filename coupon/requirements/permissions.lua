#!lua flags=no-writes,allow-oom,allow-stale
-- Returns the commands that the user of this connection may not run. It runs none of them and writes nothing.
-- It works on a server that is full or cut off too.
--   ARGV     one command each, with as many arguments as it needs, separated by blanks
--   returns  the commands that ACL rules forbid, or that the server does not know
local forbidden = {}
for _, line in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(line, '%S+') do words[#words + 1] = word end
  local known, allowed = pcall(redis.acl_check_cmd, unpack(words))
  if not (known and allowed) then forbidden[#forbidden + 1] = line end
end
return forbidden
