"""Limits: one filing too many is told when to come back, loses nothing, and cannot pretend to be someone else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import limits
from portal.extensions import db
from portal.models import Counter, Ticket
from portal.settings import Limit, Limits
from tests.build import typed, upload
from tests.conftest import AppWith
from tests.filing import FORM, NEW, at_once, file, rows, stored_tickets
from tests.page import Page
from tests.visitor import Visitor

AT = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
MINE = limits.Counted("filings", "me", 3, 3600)


def counters(app: Flask) -> list[int]:
    """Return what was counted, sorted."""
    with app.app_context():
        return sorted(db.session.scalars(select(Counter.times)))


def limited(app_with: AppWith, proxies: int = 0, **changes: Limit) -> Flask:
    """Return a portal whose other limits are out of reach."""
    far = Limit(10_000, 3600)
    wide = Limits(far, far, far, far)
    return app_with(limits=wide._replace(**changes), proxies=proxies)


def tried(visitor: Visitor, order: int, **more: Any) -> Page:
    """Send a ticket for this order, right in every field."""
    return visitor.send(NEW, typed(order_id=str(order)), **more)


def test_one_filing_too_many_of_a_browser_is_told_when_to_come_back_and_keeps_all_that_was_typed(app: Flask) -> None:
    visitor = Visitor(app)
    assert [tried(visitor, n).status for n in range(5)] == [303] * 5
    page = tried(visitor, 6)
    assert page.status == 429
    assert 0 < int(page.headers["Retry-After"]) <= 3600
    assert "Too many requests were sent from here" in page.says(".error-summary")
    assert "Send it again in" in page.says(".error-summary")
    assert page.form(FORM).fields["reason"] == typed()["reason"]
    assert len(stored_tickets(app)) == 5
    assert tried(Visitor(app), 6).status == 303


def test_one_filing_too_many_of_an_address_is_refused_whatever_the_browser(app_with: AppWith) -> None:
    app = limited(app_with, filings_address=Limit(2, 3600))
    answers = [tried(Visitor(app, address="203.0.113.7"), n).status for n in range(3)]
    assert answers == [303, 303, 429]
    assert tried(Visitor(app, address="203.0.113.8"), 3).status == 303


def test_the_pictures_of_a_form_that_came_too_often_are_kept_for_the_next_try(app_with: AppWith) -> None:
    app = limited(app_with, filings_browser=Limit(1, 3600))
    visitor = Visitor(app)
    file(visitor)
    page = visitor.send(NEW, typed(order_id="2"), forged={"screenshots": [upload()]})
    assert (page.status, len(page.form(FORM).choices("kept"))) == (429, 1)


def test_one_screenshot_too_many_is_refused(app_with: AppWith) -> None:
    app = limited(app_with, screenshots_address=Limit(2, 3600))
    visitor = Visitor(app)
    page = visitor.send(NEW, typed(), forged={"screenshots": [upload(), upload(), upload()]})
    assert (page.status, rows(app, Ticket)) == (429, [0])
    assert "choose them again" in page.text
    assert visitor.send(NEW, typed(), forged={"screenshots": [upload(), upload()]}).status == 303


def test_a_refused_form_and_a_second_try_count_nothing(app: Flask, visitor: Visitor) -> None:
    assert visitor.send(NEW, typed(order_id="")).status == 422
    assert counters(app) == []
    form = visitor.visit(NEW)
    for _ in range(3):
        visitor.send_form(form, typed(), form=FORM)
    assert counters(app) == [1, 1]


FORGED = {"X-Forwarded-For": "198.51.100.1", "X-Real-IP": "198.51.100.1", "Forwarded": "for=198.51.100.1"}


def test_a_forged_forwarded_for_changes_nothing_where_no_proxy_is_trusted(app_with: AppWith) -> None:
    app = limited(app_with, filings_address=Limit(2, 3600))
    answers = []
    for n in range(3):
        headers = {name: value.replace("100.1", f"100.{n}") for name, value in FORGED.items()}
        answers.append(tried(Visitor(app), n, headers=headers).status)
    assert answers == [303, 303, 429]


def test_behind_a_proxy_the_address_that_it_tells_counts_and_what_the_customer_claims_does_not(
    app_with: AppWith,
) -> None:
    app = limited(app_with, proxies=1, filings_address=Limit(1, 3600))

    def status(order: int, told: str) -> int:
        return tried(Visitor(app), order, headers={"X-Forwarded-For": told}).status

    assert status(1, "203.0.113.1") == 303
    assert status(2, "203.0.113.2") == 303
    assert status(3, "198.51.100.9, 203.0.113.1") == 429
    assert status(4, "unknown") == 303
    assert status(5, "unknown") == 429


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.2", False),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(app_with: AppWith, first: str, second: str, alike: bool) -> None:
    app = limited(app_with, filings_address=Limit(1, 3600))
    assert tried(Visitor(app, address=first), 1).status == 303
    assert tried(Visitor(app, address=second), 2).status == (429 if alike else 303)


def test_no_address_is_stored(app: Flask) -> None:
    file(Visitor(app, address="203.0.113.77"))
    with app.app_context():
        keys = db.session.scalars(select(Counter.key)).all()
    assert all(len(key) == 64 and "203.0.113" not in key for key in keys)


def test_a_window_ends_and_what_it_counted_goes(each_app: Flask) -> None:
    with each_app.app_context():
        for _ in range(3):
            limits.count([MINE], AT)
            db.session.commit()
        with pytest.raises(limits.TooMany) as refused:
            limits.count([MINE], AT)
        db.session.rollback()
        assert refused.value.retry_after == 1800
        later = AT + timedelta(minutes=31)
        limits.count([MINE], later)
        limits.sweep(later)
        db.session.commit()
    assert counters(each_app) == [1]


def test_nothing_slips_through_when_many_count_at_once(each_app: Flask) -> None:
    def one() -> bool:
        with each_app.app_context():
            try:
                limits.count([MINE], AT)
                db.session.commit()
            except limits.TooMany:
                db.session.rollback()
                return False
            return True

    assert sorted(at_once([one] * 8)) == [False] * 5 + [True] * 3
    assert counters(each_app) == [3]
