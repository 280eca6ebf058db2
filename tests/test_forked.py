"""A copy of the server heeds a signal from its first instant, is not told in vain, and ends with whoever started it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.code_reading import ROOT

BEGIN = """
import os, signal, sys
from threading import Event
from portal.serve import forked
signal.signal(signal.SIGTERM, lambda *_: None)  # as the server does that makes copies of itself
forked.prepare({ends_within})
copy = os.fork()
"""
ENDS_AT_ONCE = """
if copy == 0:
    Event().wait()
os.kill(copy, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]))
"""
COUNTS = """
if copy == 0:
    for times in range(2):
        told = Event()
        signal.signal(signal.SIGTERM, lambda *_: told.set())
        if times == 0:
            os.write(ready, b"!")
        told.wait()
    os._exit(2)
os.read(waits, 1)
os.kill(copy, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]))
"""
HEEDS_NOTHING = """
if copy == 0:
    signal.signal(signal.SIGTERM, lambda *_: None)
    os.write(ready, b"!")
    Event().wait()
os.read(waits, 1)
os.kill(copy, signal.SIGTERM)
print(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]))
"""
IS_LEFT = """
if copy == 0:
    def end(*_):
        print("ended", flush=True)
        os._exit(0)
    signal.signal(signal.SIGTERM, end)
    os.write(ready, b"!")
    Event().wait()
os.read(waits, 1)
os._exit(0)
"""
PIPE = "import os\nwaits, ready = os.pipe()\n"


@pytest.mark.parametrize(
    ("does", "ends_within", "printed"),
    [
        pytest.param(ENDS_AT_ONCE, 60, "-15", id="a signal before it listens ends it"),
        pytest.param(COUNTS, 60, "2", id="it is told twice, since the first time may be missed"),
        pytest.param(HEEDS_NOTHING, 0.1, "1", id="it ends in time whatever it does"),
        pytest.param(IS_LEFT, 60, "ended", id="it is told to end when whoever started it is gone"),
    ],
)
def test_a_copy_of_the_server(does: str, ends_within: float, printed: str) -> None:
    script = PIPE + BEGIN.format(ends_within=ends_within) + does
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == printed, done.stderr
