"""Lets everything fail under load, one after the other, and keeps what came of it: `python -m bench.faults`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from time import monotonic
from typing import NamedTuple

from bench.machine import machine, versions
from bench.programs import ROOT
from portal.clock import now

SCRIPTS = ("killed", "stopped", "full", "clock", "slow", "ended", "two_portals", "backed_up", "upgraded")
KEPT = Path(__file__).parent.parent / "RESULTS-faults.md"
PAGE = """\
# The portal under faults

Run on {day} as `python -m bench.faults`, in {minutes} minutes. {machine} {versions}

Each script breaks something, nearly always while customers file, and looks afterwards whether each ticket that was
answered is there, once and whole. What it is, and what it promises, its first lines say (`bench/faults/`). A table is
a database's.
"""


class Came(NamedTuple):
    """What came of a script: its name, what it printed, what did not hold, and whether all did."""

    script: str
    printed: str
    said: str
    held: bool

    @property
    def part(self) -> str:
        """The part of the page that it is."""
        what = "All held." if self.held else f"**It did not hold:** {self.said.strip()}"
        return f"## bench.faults.{self.script}\n\n{what}\n\n```text\n{self.printed.strip()}\n```\n"


def main(scripts: Sequence[str] = SCRIPTS) -> None:
    """Run the scripts in their usual forms; fail where one did."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # as by Ctrl-C: what was started is stopped
    began, begun, on = now(), monotonic(), machine()
    came = [_came(script) for script in scripts]
    head = PAGE.format(
        day=f"{began:%-d %B %Y}", minutes=round((monotonic() - begun) / 60), machine=on, versions=versions()
    )
    KEPT.write_text("\n".join([head, *(one.part for one in came)]), encoding="utf-8")
    sys.exit(not all(one.held for one in came))


def _came(script: str) -> Came:
    print(f"{script} …", file=sys.stderr, flush=True)
    command = ["env", "--default-signal=INT", sys.executable, "-m", f"bench.faults.{script}"]
    with Popen(command, cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True, start_new_session=True) as run:
        try:
            printed, said = run.communicate()
        except BaseException:
            run.send_signal(signal.SIGINT)  # once, and not by a terminal too: it stops what it has started
            run.wait()
            raise
    print(printed, said, flush=True)
    told = "\n".join(line for line in printed.splitlines() if not line.startswith("{"))  # lines of the log
    return Came(script, told, said, run.returncode == 0)


if __name__ == "__main__":
    main()
