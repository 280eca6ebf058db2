"""The portal's clock jumps a day ahead and back: tickets are filed and their mails sent as before, each once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.faults.clock import JUMPS, Load, run
from bench.faults.places import at

LOAD = Load(customers=2, jumps=JUMPS[:2])


@pytest.mark.long
def test_nothing_is_lost_or_stuck_or_sent_twice_when_the_clock_jumps(database_url: str, tmp_path: Path) -> None:
    with at(database_url, tmp_path) as here:
        outcome = run(here, LOAD)
    assert not outcome.faults(), outcome.log
