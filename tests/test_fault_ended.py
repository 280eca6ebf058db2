"""What the portal and its worker began they end, whenever they are told to end, and nothing is left of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.faults.ended import Load, run
from bench.faults.places import at

LOAD = Load(customers=3, rounds=1, begun=3, starts=(0.4,), mails=10)


@pytest.mark.long
def test_what_was_begun_is_answered_and_nothing_is_left_where_the_portal_is_told_to_end(
    database_url: str, tmp_path: Path
) -> None:
    with at(database_url, tmp_path) as here:
        outcome = run(here, LOAD)
    assert not outcome.faults(), outcome.log
    assert (outcome.begun, outcome.unanswered) == (3, 0)
