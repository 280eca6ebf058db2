"""No notice is lost, though workers are killed while they send and the mail server is often busy."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.delivery import Load, deliver
from bench.smtp_server import Kill

KILLS = {Kill.BEFORE: 2, Kill.AFTER: 1, Kill.ANY: 1}
LOAD = Load(notices=40, workers=2, kills=KILLS, ahead=20, within=120)


@pytest.mark.long
def test_every_notice_arrives_and_none_that_was_rolled_back_though_workers_are_killed(
    database_url: str, tmp_path: Path
) -> None:
    outcome = deliver(database_url, tmp_path, LOAD, Random(40))
    assert not outcome.faults(most_doubled=KILLS[Kill.AFTER] + KILLS[Kill.ANY]), outcome.log
    assert outcome.killed == KILLS
    assert outcome.rolled_back == 8
    assert outcome.busy.total() >= LOAD.notices * 3 // 10  # each mail takes three commands, and one in ten is refused
