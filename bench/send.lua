-- Requests out of files, each sent once, by threads of one connection each: `wrk … URL -- FOLDER SECONDS`.
-- The first thread takes FOLDER/0, and so on; a line is METHOD TAB PATH TAB COOKIE TAB BODY. A thread ends itself after
-- its last answer, so that no request is under way in the end. What it noted is a line of JSON: the answers by status,
-- the moments of its first request and last answer, and each answer's time, in microseconds.
local ffi = require("ffi")
ffi.cdef[[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]]
local MONOTONIC = 1
local moment = ffi.new("moment")
local function now()
  ffi.C.clock_gettime(MONOTONIC, moment)
  return tonumber(moment.seconds) * 1e6 + tonumber(moment.nanoseconds) / 1e3
end

local threads = {}
function setup(thread)
  thread:set("place", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  lines, sent, statuses, noted = {}, 0, {}, {}
  lasts = tonumber(arguments[2]) * 1e6
  for line in io.lines(arguments[1] .. "/" .. place) do table.insert(lines, line) end
end

function request()
  sent = sent + 1
  local method, path, cookie, body = lines[sent]:match("^(.-)\t(.-)\t(.-)\t(.*)$")
  local headers = { ["Accept-Encoding"] = "gzip", ["Cookie"] = cookie ~= "" and cookie or nil }
  if body ~= "" then headers["Content-Type"] = "application/x-www-form-urlencoded" end
  local whole = wrk.format(method, path, headers, body ~= "" and body or nil)
  asked = now()
  return whole
end

function response(status)
  ended = now()
  begun = begun or asked
  table.insert(noted, math.floor(ended - asked))
  statuses[status] = (statuses[status] or 0) + 1
  if ended - begun > lasts or sent == #lines then wrk.thread:stop() end
end

function done()
  for _, thread in ipairs(threads) do
    local counts = {}
    for status, times in pairs(thread:get("statuses")) do
      table.insert(counts, string.format('"%d":%d', status, times))
    end
    print(string.format('{"statuses":{%s},"begun":%.0f,"ended":%.0f,"times":[%s]}', table.concat(counts, ","),
      thread:get("begun") or 0, thread:get("ended") or 0, table.concat(thread:get("noted"), ",")))
  end
end
