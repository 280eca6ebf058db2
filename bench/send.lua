-- Requests out of files, each sent once, by threads of one connection each: `wrk … URL -- FOLDER SECONDS THREADS`.
-- The first thread takes FOLDER/0, and so on. A line is METHOD TAB PATH TAB COOKIE TAB MEDIA-TYPE TAB BODY; in a body,
-- LINE_END ends a line. Each thread says that it comes from an address of its own, as a proxy would. It ends itself
-- after its last answer, so that no request is under way in the end; the last one ends wrk, which would wait for its
-- time to be up. What each noted is a line of JSON: the answers by status, the moments of its first request and last
-- answer, and each answer's time, in microseconds.
local ffi = require("ffi")
ffi.cdef[[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
  void *calloc(size_t number, size_t size);
  int getpid(void);
  int kill(int process, int signal);
]]
local MONOTONIC, SIGINT = 1, 2
local LINE_END = "\30"
local moment = ffi.new("moment")
local function now()
  ffi.C.clock_gettime(MONOTONIC, moment)
  return tonumber(moment.seconds) * 1e6 + tonumber(moment.nanoseconds) / 1e3
end

local function given(text) return text ~= "" and text or nil end

local threads, flags = {}, ffi.C.calloc(1024, 1)
function setup(thread)
  thread:set("place", #threads)
  thread:set("shared", tonumber(ffi.cast("intptr_t", flags)))
  table.insert(threads, thread)
end

function init(arguments)
  lines, sent, statuses, noted = {}, 0, {}, {}
  lasts, number = tonumber(arguments[2]) * 1e6, tonumber(arguments[3])
  for line in io.lines(arguments[1] .. "/" .. place) do table.insert(lines, line) end
end

function request()
  sent = sent + 1
  local method, path, cookie, media_type, body = lines[sent]:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
  local headers = { ["Accept-Encoding"] = "gzip", ["Cookie"] = given(cookie), ["Content-Type"] = given(media_type) }
  headers["X-Forwarded-For"] = string.format("192.0.2.%d", place + 1)
  local whole = wrk.format(method, path, headers, given(body:gsub(LINE_END, "\r\n")))
  asked = now()
  return whole
end

function response(status)
  ended = now()
  begun = begun or asked
  table.insert(noted, math.floor(ended - asked))
  statuses[status] = (statuses[status] or 0) + 1
  if ended - begun > lasts or sent == #lines then stop() end
end

function stop()
  wrk.thread:stop()
  local all = ffi.cast("char *", shared)
  all[place] = 1
  for other = 0, number - 1 do
    if all[other] == 0 then return end
  end
  ffi.C.kill(ffi.C.getpid(), SIGINT)
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
