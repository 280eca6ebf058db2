"""Amounts as staff type them: what can be read in two ways is asked for again, and not guessed at."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.events import EventKind
from tests.colleague import Colleague
from tests.stored import filed, last_event

READ_AS = {"0,278": "0.278", "1.000": "1.000", "1000": "1000", "1 000,5": "1000.5", "1000,125": "1000.125"}


@pytest.mark.parametrize("typed", ["1,000", "12,500", " 123,456 "])
def test_a_comma_before_three_figures_can_mean_thousands_and_is_refused(app: Flask, typed: str) -> None:
    olena, reference = Colleague(app), filed(app)
    page = olena.act(reference, "amounts", code=422, charge=typed)
    assert page.says("#amounts-charge-error") == "Write 1000 or 1.000: a comma here can mean either"
    assert last_event(app, reference).kind is EventKind.FILED


@pytest.mark.parametrize("typed", READ_AS)
def test_what_can_be_read_in_one_way_is_kept(app: Flask, typed: str) -> None:
    olena, reference = Colleague(app), filed(app)
    olena.act(reference, "amounts", charge=typed)
    assert last_event(app, reference).data == {"amounts": {"charge": READ_AS[typed]}}
