"""Who starts the server tells it to end until it hears."""

from __future__ import annotations

import subprocess
import sys

from tests.code_reading import ROOT

HARD_OF_HEARING = """
import signal
told = []
signal.signal(signal.SIGTERM, lambda *_: told.append(1))
print("listens", flush=True)
while len(told) < 2:
    signal.pause()
print("heard")
"""
"""A server that misses the first signal, as one does that is not quite there yet."""


def test_what_did_not_hear_that_it_is_to_end_is_told_again() -> None:
    command = ["sh", str(ROOT / "portal" / "serve" / "serve.sh"), sys.executable, "-c", HARD_OF_HEARING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout is not None
        assert shell.stdout.readline() == "listens\n"
        shell.terminate()
        assert shell.communicate(timeout=60)[0] == "heard\n"
