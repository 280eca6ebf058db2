#!/bin/sh
# Run a server so that Ctrl-C, which a terminal sends to make and to everything under it, stops it once
# and cleanly: the server ignores the terminal from its first instant (`&`), and is told to end by us alone.
server=
stopped=
stop() {
  stopped=yes
  [ -z "$server" ] || kill -TERM "$server"
}
trap stop HUP INT TERM

"$@" &
server=$!
exec 2>/dev/null # what this shell would say of a server that was told to end
[ -z "$stopped" ] || stop

again=
while kill -0 "$server"; do
  if [ -n "$stopped" ] && [ -z "$again" ]; then
    sleep 0.2 # what it is told before its first instant, it does not hear
    kill -TERM "$server"
    again=yes
  else
    wait "$server" # a signal ends `wait`, not yet the server
    status=$?
  fi
done
[ -n "$stopped" ] || exit "$status"
sleep 0.3 || : # make got the same signal: were we gone before it has noticed, it would complain of a missing child
