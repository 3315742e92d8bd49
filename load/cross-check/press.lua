-- Lets wrk press once with each token of a file that load/cross-check/main.ts wrote. One thread only (-t1),
-- because each thread would read the file from its start. It needs more tokens than wrk sends requests.
local tokens, pressed, head = {}, 0, ''

function init(arguments)
  for line in io.lines(arguments[1]) do tokens[#tokens + 1] = line end
  head = 'POST ' .. table.remove(tokens, 1) .. ' HTTP/1.1\r\nHost: ' .. wrk.host .. '\r\nContent-Length: 0\r\n'
end

function request()
  pressed = pressed + 1
  return head .. 'Authorization: Bearer ' .. tokens[pressed] .. '\r\n\r\n'
end
