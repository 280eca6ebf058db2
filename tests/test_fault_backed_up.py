"""A back-up that is taken while people file restores to a consistent whole, on which a portal runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.faults.backed_up import run
from bench.faults.places import at
from tests.databases import Databases

pytestmark = pytest.mark.long


def test_each_back_up_holds_what_was_answered_before_it_and_a_portal_runs_on_it(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.migrated() as url, at(url, tmp_path) as here:
        outcome = run(here, databases, times=2, number=3)
    assert not outcome.faults(), outcome.log
    first, last = (len(copy.books.tickets) for copy in outcome.copies)
    assert 0 < first < last < len(outcome.filed)
