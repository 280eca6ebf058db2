"""The line on staff's list: what was not sent, when the panel last answered, which ways do not work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert

from portal import outbox
from portal.clock import now
from portal.concerns import Carrier, NoticeKind, NoticeState
from portal.extensions import db
from portal.models import Notice
from portal.outbox import Fault
from portal.readings import Failure
from tests.build import AT_PANEL
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.page import Page

MAILS = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "help@shop.example"}


def glance(app: Flask, language: str = "en") -> Page:
    """Open the list."""
    return Colleague(app, f"{language}@example.com", language=language).visit("/staff/")


def line(app: Flask, language: str = "en") -> str:
    """Return the line on the list."""
    return glance(app, language).says("main > p.told")


def found(app: Flask, name: str, fault: Failure | Fault | None = None, ago: timedelta = timedelta()) -> None:
    """Have a worker have found this so long ago."""
    with app.app_context():
        outbox.record_check(name, "panel.example" if name == "panel" else name, now() - ago, fault)


def unsent(app: Flask, number: int) -> None:
    """Have so many mails have been given up."""
    row = {
        "kind": NoticeKind.RECEIVED,
        "carrier": Carrier.MAIL,
        "recipient": "anna@example.com",
        "data": {},
        "state": NoticeState.GIVEN_UP,
        "made_at": now(),
        "ended_at": now(),
        "tries": 10,
        "fault": Fault.UNREACHABLE,
        "detail": "",
    }
    with app.app_context():
        db.session.execute(insert(Notice), [{**row, "name": f"mail {place}"} for place in range(number)])
        db.session.commit()


@pytest.fixture
def at_panel(app_with: AppWith) -> Flask:
    """A portal that sends mails and reads a panel; its worker was seen just now."""
    app = app_with(**MAILS, **AT_PANEL)
    found(app, "worker")
    return app


def test_where_all_is_well_the_line_says_so_and_nothing_of_a_panel_that_people_work(app_with: AppWith) -> None:
    app = app_with(**MAILS)
    found(app, "worker")
    assert (line(app), line(app, "uk")) == ("Everything was sent.", "Усе надіслано.")
    assert not glance(app).all("p.warned")


@pytest.mark.parametrize(
    ("number", "english", "ukrainian"),
    [
        (1, "1 notice was not sent.", "1 ненадіслане сповіщення."),
        (2, "2 notices were not sent.", "2 ненадіслані сповіщення."),
        (5, "5 notices were not sent.", "5 ненадісланих сповіщень."),
        (11, "11 notices were not sent.", "11 ненадісланих сповіщень."),
        (21, "21 notices were not sent.", "21 ненадіслане сповіщення."),
        (1001, "More than 1,000 notices were not sent.", "Понад 1 000 ненадісланих сповіщень."),
    ],
)
def test_what_was_not_sent_is_counted_in_words(app_with: AppWith, number: int, english: str, ukrainian: str) -> None:
    app = app_with(**MAILS)
    found(app, "worker")
    unsent(app, number)
    assert (line(app), line(app, "uk").replace("\xa0", " ")) == (english, ukrainian)
    page = glance(app)
    assert page.link(english) == "/staff/notices"
    assert page.all("p.warned")


@pytest.mark.parametrize(
    ("ago", "english", "ukrainian"),
    [
        (timedelta(seconds=5), "less than a minute ago", "менш ніж хвилину тому"),
        (timedelta(minutes=5), "5 minutes ago", "5 хвилин тому"),
        (timedelta(hours=3), "3 hours ago", "3 години тому"),
    ],
)
def test_when_the_panel_last_answered_is_told(at_panel: Flask, ago: timedelta, english: str, ukrainian: str) -> None:
    found(at_panel, "panel", ago=ago)
    assert line(at_panel) == f"Everything was sent. The panel last answered {english}."
    assert line(at_panel, "uk") == f"Усе надіслано. Панель востаннє відповіла {ukrainian}."


def test_a_panel_that_does_not_answer_is_told_with_when_it_last_did(at_panel: Flask) -> None:
    found(at_panel, "panel", ago=timedelta(hours=2))
    found(at_panel, "panel", Failure.UNREACHABLE)
    assert line(at_panel).startswith("The panel last answered 2 hours ago. The panel (panel.example) does not answer")
    assert line(at_panel, "uk").startswith("Панель востаннє відповіла 2 години тому.")


def test_a_panel_that_never_answered_is_told_so(at_panel: Flask) -> None:
    assert line(at_panel) == "Everything was sent. The panel has not answered yet."
    found(at_panel, "panel", Failure.REFUSED)
    assert line(at_panel, "uk").startswith("Панель ще не відповідала.")


def test_while_a_way_does_not_work_nothing_is_called_well(app_with: AppWith) -> None:
    app = app_with(**MAILS)
    assert line(app) == "No worker runs: mails, messages and the panel wait until one does."
    found(app, "worker", ago=timedelta(minutes=6))
    assert line(app).startswith("No worker runs")
    found(app, "worker")
    found(app, "mail", Fault.UNREACHABLE)
    assert line(app).startswith("“Mail” does not work")
    assert glance(app).all("p.warned")
