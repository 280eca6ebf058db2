"""While the database is away people are told, and lose nothing typed; once it is back, all goes on by itself."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bench.faults.places import at, on_cluster
from bench.faults.stopped import LOCKS, MODES, Load, Lock, run, stops
from tests.conftest import Kind
from tests.postgresql import DURABLE, cluster

pytestmark = pytest.mark.long
LOAD = Load(customers=3, times=len(MODES), most_seconds=0.0, reads_on=False, delivered=False)
LOCKED = Load(customers=3, times=1, most_seconds=0.0, reads_on=True, delivered=False)


@pytest.mark.postgresql
def test_a_postgresql_that_stops_or_crashes_is_told_with_what_was_typed_and_goes_on(tmp_path: Path) -> None:
    with cluster(DURABLE) as server, on_cluster(server, tmp_path) as here:
        outcome = run(here, LOAD, stops(server), Random(5))
    assert not outcome.faults(), outcome.log
    assert outcome.answers[503] >= LOAD.times


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.__name__)
def test_an_sqlite_file_that_is_locked_for_long_is_told_with_what_was_typed_and_goes_on(
    lock: Lock, on_sqlite: Kind, tmp_path: Path
) -> None:
    with on_sqlite[0].migrated() as url, at(url, tmp_path) as here:
        outcome = run(here, LOCKED, lambda: lock(here.app), Random(5))
    assert not outcome.faults(), outcome.log
    assert outcome.answers[503] >= LOCKED.times
