"""What was answered is there, once and whole, though web processes, workers and the portal are killed under load."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.faults.killed import Load, Victim, run
from bench.faults.places import at

FIRST = (Victim.WEB, Victim.WORKER, Victim.PORTAL)
LOAD = Load(customers=3, seconds=0, most_pause=0.3, first=FIRST, delivered=False)


@pytest.mark.long
def test_each_answered_ticket_is_there_once_and_whole_whoever_is_killed(database_url: str, tmp_path: Path) -> None:
    with at(database_url, tmp_path) as here:
        outcome = run(here, LOAD, Random(3))
    assert not outcome.faults(), outcome.log
    assert set(outcome.killed) == set(FIRST)
    assert len(outcome.filed) > len(FIRST)  # it went on after each kill
