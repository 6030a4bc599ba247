-- Posts submissions to a hundred articles in turn. Each text is different, because the service checks repeated texts more closely. Arguments: the status that means accepted, and `isso` for its form.

local sent = 0
local accepted = 0
local wanted
local as_isso
local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function init(arguments)
  wanted = tonumber(arguments[1])
  as_isso = arguments[2] == "isso"
end

local text = "I have tried this on two machines. On the *older* one it took twice as long, "
  .. "and `top` showed that most of it was spent waiting for the disk. Thank you for writing it up! (%d, %d, %d)"
local begun = os.time()

function request()
  sent = sent + 1
  local article = string.format("/bench/article-%03d/", sent % 100)
  local said = string.format(text, begun, number, sent)
  local headers = { ["Content-Type"] = "application/json" }
  if as_isso then
    local body = string.format('{"author":"Ada","email":null,"website":null,"parent":null,"title":"An article","text":"%s"}', said)
    return wrk.format("POST", "/new?uri=" .. article, headers, body)
  end
  return wrk.format("POST", "/comments", headers, string.format('{"article":"%s","author":"Ada","text":"%s"}', article, said))
end

function response(status)
  if status == wanted then accepted = accepted + 1 end
  -- Another thread reads it after the end of this one; only globals are accessible.
  ACCEPTED = accepted
end

function done(summary, latency)
  local all = 0
  for _, thread in ipairs(threads) do
    all = all + (thread:get("ACCEPTED") or 0)
  end
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"answers":%d,"bytes":%d,"microseconds":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"median":%d,"slowest":%d}\n',
    all - errors.timeout, summary.bytes, summary.duration, errors.connect, errors.read, errors.write, summary.requests - all, errors.timeout,
    latency:percentile(50), latency.max))
end
