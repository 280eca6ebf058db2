"""Behind nginx, others are served while many clients send a header a second and more than it has threads stall."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.faults.places import at
from bench.faults.slow import WITHIN, Load, behind_nginx, run
from tests.conftest import Kind

LOAD = Load(headers=40, bodies=50, requests=40, readers=2)


@pytest.mark.long
def test_others_are_served_beside_slow_clients(on_sqlite: Kind, tmp_path: Path) -> None:
    with on_sqlite[0].migrated() as url, at(url, tmp_path) as here, behind_nginx(here) as door:
        outcome = run(door, LOAD)
    assert not outcome.faults(within=WITHIN)
