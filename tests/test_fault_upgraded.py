"""An upgrade of a filled database that is killed at some moment leaves nothing half, and can be run again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.faults.upgraded import AS_IT_WAS, DONE, run

pytestmark = pytest.mark.long


def test_a_kill_leaves_all_as_it_was_or_done_and_the_next_try_ends_well(database_url: str, tmp_path: Path) -> None:
    outcome = run(database_url, tmp_path, tickets=100, times=3, chance=Random(2))
    assert not outcome.faults()
    assert sum(outcome.left[what] for what in (AS_IT_WAS, DONE)) == 3
    assert outcome.before["tickets"] == 100
