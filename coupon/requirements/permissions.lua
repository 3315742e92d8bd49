#!lua flags=no-writes,allow-oom,allow-stale
-- Which commands the caller's user may not run; nothing is run and nothing is written, on a cut-off or full server either.
--   ARGV     one command each, with its arguments, separated by blanks
--   returns  those of ARGV that are refused, or that the server does not know
local refused = {}
for _, line in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(line, '%S+') do words[#words + 1] = word end
  local known, allowed = pcall(redis.acl_check_cmd, unpack(words))
  if not (known and allowed) then refused[#refused + 1] = line end
end
return refused
