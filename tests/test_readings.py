"""What the panel says of an order: kept as read, and heeded by the open tickets of the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.demo.orders import INCORRECT
from portal.demo.panel import KEY
from portal.events import EventKind
from portal.filing import Told
from portal.models import PolicyVersion
from portal.policy import Facts, Source, Status, decide
from portal.readings import Reading
from tests.filing import at_once, rows
from tests.panel_shift import ORDER, PANEL, at_work, by_staff, due, events, readings, record, said, withdraw
from tests.stored import another_policy, filed, kinds, last_event, policy, ticket

MINUTE = timedelta(minutes=1)
READ = Reading(status=Status.IN_PROGRESS, shown="In progress", charge=Decimal("0.90"), currency="USD", remains=640)
CHANGES: dict[str, dict[str, Any]] = {
    "status": {"status": Status.PARTIAL, "shown": "Partial"},
    "word": {"shown": "In Progress"},
    "charge": {"charge": Decimal("0.324")},
    "no charge": {"charge": None},
    "currency": {"currency": "EUR"},
    "remains": {"remains": 639},
    "start": {"start_count": 7},
    "refusal": {"refused": INCORRECT},
}


def known(app: Flask, reference: str) -> Facts:
    with app.app_context():
        return tickets.known_of(ticket(reference)).facts


def test_what_a_panel_says_is_kept_once_while_it_says_the_same(each_app: Flask) -> None:
    filed(each_app)
    with at_work(each_app, {ORDER: said(key=KEY, order=ORDER)}) as shift:
        shift.reads()
        first = shift.clock.at
        assert len(shift.reads(minutes=30)) == 1
        shown = shift.api.shown
    (row,) = readings(each_app)
    assert row.last_at - row.at == timedelta(minutes=30, seconds=1)
    assert row.at <= first
    assert (row.source, row.status, row.shown, row.charge, row.currency, row.remains, row.start_count) == (
        shown,
        Status.IN_PROGRESS,
        "In progress",
        Decimal("0.90000"),
        "USD",
        640,
        3572,
    )
    assert str(row.charge) == "0.90000"
    assert KEY not in row.raw
    assert '"remains":"640"' in row.raw


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_is_kept_beside_what_was_said_before(app: Flask, change: dict[str, Any]) -> None:
    at = now()
    for place, reading in enumerate((READ, READ, replace(READ, **change), READ)):
        record(app, replace(reading, raw=str(place)), at + place * MINUTE)
    kept = [(row.raw, row.at - at, row.last_at - at) for row in readings(app)]
    assert kept == [("1", 0 * MINUTE, MINUTE), ("2", 2 * MINUTE, 2 * MINUTE), ("3", 3 * MINUTE, 3 * MINUTE)]


def test_what_two_workers_read_at_the_same_moment_is_kept_and_heeded_once(each_app: Flask) -> None:
    at = now()
    for order in ("1", "2", "3"):
        reference = filed(each_app, order_id=order)
        at_once([partial(record, each_app, READ, at, order=order)] * 3)
        assert (len(readings(each_app, order)), kinds(each_app, reference)) == (1, ["filed", "facts_read"])


def test_what_another_panel_says_is_kept_beside_it(each_app: Flask) -> None:
    record(each_app, READ, now())
    with each_app.app_context():
        tickets.record(ORDER, READ, "another.example", policy(each_app), now())
    assert [row.source for row in readings(each_app)] == [PANEL, "another.example"]


def test_the_most_that_a_panel_can_say_is_kept_whole(each_app: Flask) -> None:
    most, small = Decimal(f"{'9' * 15}.{'9' * 15}"), Decimal("0.000000000000001")
    with at_work(
        each_app, {"1": said(charge=f"{most}", remains="-" + "9" * 15, currency="usdte", status="W" * 99)}
    ) as s:
        due(each_app, "1")
        s.reads()
        s.shop.orders["1"].status = said(charge=f"{small:f}", start_count=10**14)
        due(each_app, "1")
        s.reads()
    first, second = readings(each_app, "1")
    assert (first.charge, first.remains, first.currency, len(first.shown)) == (most, -(10**15) + 1, "USDTE", 40)
    assert (second.charge, second.start_count) == (small, 10**14)


def test_a_reading_is_a_line_of_every_open_ticket_of_the_order_and_of_no_other(each_app: Flask) -> None:
    ended = filed(each_app, order_id="ABC")
    withdraw(each_app, ended)
    mine = [filed(each_app, browser, order_id=order) for browser, order in (("a", "ABC"), ("b", "abc"), ("c", "Abc"))]
    others = filed(each_app, order_id="ABCD")
    record(each_app, READ, now(), order="aBC")
    assert [kinds(each_app, reference) for reference in mine] == [["filed", "facts_read"]] * 3
    assert (kinds(each_app, ended), kinds(each_app, others)) == (["filed", "withdrawn"], ["filed"])


def test_only_what_changes_the_facts_is_a_further_line(each_app: Flask) -> None:
    reference = filed(each_app)
    steps = (READ, READ, replace(READ, remains=1), replace(READ, status=Status.PARTIAL, shown="Partial"), READ)
    counted = []
    for place, reading in enumerate(steps):
        record(each_app, reading, now() + place * MINUTE)
        counted.append(len(events(each_app, reference)))
    assert counted == [2, 2, 2, 3, 4]
    assert [event.data.get("shown") for event in events(each_app, reference)[1:]] == [
        "In progress",
        "Partial",
        "In progress",
    ]


def test_the_first_reading_is_a_line_though_it_says_what_the_customer_said(app: Flask) -> None:
    reference = filed(app, status=Status.IN_PROGRESS)
    record(app, READ, now())
    event = last_event(app, reference)
    assert (event.kind, event.staff_id, event.data["sources"]) == (EventKind.FACTS_READ, None, {"status": "panel"})
    with app.app_context():
        assert tickets.known_of(ticket(reference)).sources["status"] is Source.PANEL
        assert tickets.known_of(ticket(reference)).sources["link_changed"] is Source.CUSTOMER


def test_a_word_that_nobody_knows_is_shown_and_is_no_status(each_app: Flask) -> None:
    reference = filed(each_app)
    with at_work(each_app, {ORDER: said("Awaiting moderation")}) as shift:
        shift.reads()
    assert known(each_app, reference).status is Status.UNKNOWN
    assert last_event(each_app, reference).data["shown"] == "Awaiting moderation"
    assert [(row.status, row.shown) for row in readings(each_app)] == [(Status.UNKNOWN, "Awaiting moderation")]


def test_a_refusal_changes_no_facts(each_app: Flask) -> None:
    reference = filed(each_app)
    record(each_app, READ, now())
    before = known(each_app, reference)
    with at_work(each_app, {ORDER: {"error": INCORRECT}}) as shift:
        shift.reads(minutes=30)
    assert [row.refused for row in readings(each_app)] == ["", INCORRECT]
    assert (known(each_app, reference), kinds(each_app, reference)) == (before, ["filed", "facts_read"])


def test_a_ticket_follows_what_was_read_by_the_policy_of_that_moment(each_app: Flask) -> None:
    reference = filed(each_app, link_changed=True)
    spoken = another_policy(each_app, "f" * 64)
    record(each_app, replace(READ, status=Status.COMPLETED), now(), by=spoken)
    facts = known(each_app, reference)
    event = last_event(each_app, reference)
    assert (facts.status, facts.link_changed) == (Status.COMPLETED, True)
    assert (event.facts, event.decision, event.policy_hash) == (facts, decide(facts, spoken), "f" * 64)
    with each_app.app_context():
        found = ticket(reference)
        assert (found.status, found.outcome) == (Status.COMPLETED, decide(facts, spoken).outcome)
    assert rows(each_app, PolicyVersion) == [2]


def test_what_a_customer_adds_after_a_reading_counts_beside_it(each_app: Flask) -> None:
    reference = filed(each_app, link_changed=False, status=Status.PENDING)
    record(each_app, READ, now())
    assert filed(each_app, link_changed=True, duplicate_order=True, status=Status.PENDING) == reference
    facts = known(each_app, reference)
    assert (facts.status, facts.link_changed, facts.duplicate_order) == (Status.IN_PROGRESS, True, True)
    record(each_app, READ, now() + MINUTE)
    assert known(each_app, reference) == facts


def test_the_main_site_and_the_panel_count_by_who_spoke_last(app: Flask) -> None:
    reference = filed(app)
    record(app, READ, now())
    told = Told(at=now(), order_id=ORDER, status=Status.CANCELED, sent_to_provider=True)
    assert filed(app, told=told) == reference
    assert known(app, reference).status is Status.CANCELED
    record(app, READ, now() + MINUTE)
    assert (known(app, reference).status, known(app, reference).sent_to_provider) == (Status.IN_PROGRESS, True)


def test_what_staff_recorded_stays_but_for_what_the_panel_says_after_it(app: Flask) -> None:
    reference = filed(app)
    facts = Facts(status=Status.PENDING, service_issue=True, provider_allows=False)
    by_staff(app, reference, lambda r, s, seen: tickets.record_facts(r, s, facts, policy(app), seen, now()))
    record(app, READ, now())
    assert known(app, reference) == replace(facts, status=Status.IN_PROGRESS)
    with app.app_context():
        sources = tickets.known_of(ticket(reference)).sources
    assert (sources["status"], sources["service_issue"]) == (Source.PANEL, Source.STAFF)
