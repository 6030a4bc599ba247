-- Requests the paths in its arguments in turn. The first argument is the number of requests per connection; 0 keeps connections open.
-- All connections of a thread share the counter, so it is the average number.

local sent = 0
local requests = {}
local every

function init(arguments)
  every = tonumber(arguments[1])
  local headers = { ["Accept-Encoding"] = "gzip, br", ["Accept"] = "application/json" }
  for last = 0, 1 do
    headers["Connection"] = last == 1 and "close" or "keep-alive"
    requests[last] = {}
    for n = 2, #arguments do
      requests[last][n - 1] = wrk.format("GET", arguments[n], headers)
    end
  end
end

function request()
  local path = sent % #requests[0] + 1
  sent = sent + 1
  local last = (every > 0 and sent % every == 0) and 1 or 0
  return requests[last][path]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"answers":%d,"bytes":%d,"microseconds":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"median":%d,"slowest":%d}\n',
    summary.requests - errors.status - errors.timeout, summary.bytes, summary.duration, errors.connect, errors.read, errors.write, errors.status, errors.timeout,
    latency:percentile(50), latency.max))
end
