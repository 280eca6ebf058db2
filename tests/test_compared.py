"""What the panel states stands beside what others state, as it was read last, in the panel's own word where need be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.clock import now
from portal.policy import Status
from portal.readings import Reading
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.page import Page
from tests.panel_shift import record
from tests.reading import words
from tests.stored import filed, kinds

MINUTE = timedelta(minutes=1)
PENDING = Reading(status=Status.PENDING, shown="Pending")
IN_PROGRESS = Reading(status=Status.IN_PROGRESS, shown="In progress")
QUEUED, FAILED = Reading(shown="queued"), Reading(shown="Fail")


@pytest.fixture
def app(app_with: AppWith) -> Flask:
    """A portal that reads a panel."""
    return app_with(panel_kind="api-v2", panel_url="http://127.0.0.1:9", panel_key="never-used")


def of_panel(page: Page) -> str:
    """Return the status that the panel states, and when, as staff read it."""
    (line,) = [words(li) for li in page.all("dl.facts > div:first-child li") if "the panel" in words(li)]
    return line


def test_what_staff_said_first_is_stated_by_the_panel_once_it_says_it(app: Flask) -> None:
    olena, reference, at = Colleague(app), filed(app), now()
    record(app, PENDING, at - MINUTE)
    assert of_panel(olena.ticket(reference)).endswith("Pending")
    olena.act(reference, "facts", status="in_progress")
    assert of_panel(olena.ticket(reference)).endswith("Pending")
    record(app, IN_PROGRESS, at)
    assert kinds(app, reference)[-1] == "facts_recorded"
    assert of_panel(olena.ticket(reference)).endswith("In progress")


def test_what_the_panel_refuses_to_say_leaves_what_it_said_before(app: Flask) -> None:
    reference, at = filed(app), now()
    record(app, PENDING, at - MINUTE)
    record(app, Reading(refused="Incorrect order ID"), at)
    assert of_panel(Colleague(app).ticket(reference)).endswith("Pending")


def test_a_word_that_is_not_known_is_shown_as_it_is_and_another_is_news(app: Flask) -> None:
    olena, reference, at = Colleague(app), filed(app), now()
    for place, reading in enumerate((QUEUED, QUEUED, FAILED)):
        record(app, reading, at + place * timedelta(seconds=1))
        page = olena.ticket(reference)
        assert of_panel(page).endswith(reading.shown)
        assert f"the panel showed: {reading.shown}. You can answer on that." in page.says("#answer-ground")
    assert kinds(app, reference) == ["filed", "facts_read", "facts_read"]
