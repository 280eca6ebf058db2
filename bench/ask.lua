-- The same few requests in turn, as fast as they are answered: `wrk … URL -- FILE`.
-- A line is PATH TAB ENTITY-TAG. What came of it is a line of JSON.
function init(arguments)
  asked, place = {}, 0
  for line in io.lines(arguments[1]) do
    local path, tag = line:match("^(.-)\t(.*)$")
    table.insert(asked, wrk.format("GET", path, { ["Accept-Encoding"] = "gzip", ["If-None-Match"] = tag ~= "" and tag or nil }))
  end
end

function request()
  place = place % #asked + 1
  return asked[place]
end

function done(summary)
  local faults = summary.errors
  print(string.format('{"answers":%d,"microseconds":%d,"bytes":%d,"faults":%d}', summary.requests, summary.duration,
    summary.bytes, faults.connect + faults.read + faults.write + faults.status + faults.timeout))
end
