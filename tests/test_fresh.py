"""An acceptance rests on what is known now: read of the panel, or else seen by staff just before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.events import EventKind
from portal.models import Staff
from portal.policy import Source, Status, Verdict
from portal.readings import Reading
from portal.tickets import FRESH, PATIENCE, Answer, Seen
from tests.colleague import Colleague, account
from tests.conftest import AppWith
from tests.panel_shift import AGO, ORDER, by_staff, events, lookup, record
from tests.stored import everything, filed, kinds, last_event, policy, state, ticket

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ACCEPTS = (Verdict.ACCEPT_FULL, Verdict.ACCEPT_PART)
READ = Reading(status=Status.IN_PROGRESS, shown="In progress")
REFUSED = Reading(refused="Incorrect order ID")
JUST_NOW = {
    "now": timedelta(),
    "five minutes ago": -FRESH,
    "almost six minutes ago": -FRESH - MINUTE + SECOND,
    "a minute ahead": MINUTE,
}
NOT_NOW = {
    "six minutes ago": -FRESH - MINUTE,
    "yesterday": -timedelta(days=1),
    "more than a minute ahead": MINUTE + SECOND,
}


def accept(
    app: Flask, reference: str, at: datetime, on: Seen | None = None, *, reads: bool = True, **more: Any
) -> None:
    """Have staff accept a ticket, or answer it otherwise, in the version that it has."""
    said = {"verdict": Verdict.ACCEPT_FULL, "text": "Some words.", "matched_by": "By mail.", "on": on, **more}

    def do(reference: str, staff: Staff, seen: int) -> Any:
        return tickets.answer(reference, staff, Answer(**said), policy(app), seen, at, reads=reads)

    by_staff(app, reference, do)


def rests_on(app: Flask, reference: str) -> tuple[str, str, datetime]:
    """Return what the last answer rests on, as its event keeps it."""
    event = last_event(app, reference)
    assert event.kind is EventKind.ANSWERED
    on = event.data["on"]
    return on["status"], on["source"], datetime.fromisoformat(on["at"])


def refused(app: Flask, fault: type[Exception], call: Callable[[], object]) -> bool:
    """Return whether a call raises this fault and stores nothing."""
    account(app)
    before = everything(app)
    with pytest.raises(fault):
        call()
    return everything(app) == before


def ask(app: Flask, at: datetime) -> datetime:
    with app.app_context():
        return tickets.ask(ORDER, at)


def may_tell(app: Flask, reference: str, at: datetime, *, reads: bool = True) -> bool:
    with app.app_context():
        return tickets.may_tell(tickets.on_panel(ticket(reference)), at, reads=reads)


@pytest.mark.parametrize("verdict", ACCEPTS)
def test_an_acceptance_rests_on_a_reading_of_the_last_five_minutes(each_app: Flask, verdict: Verdict) -> None:
    read_at, reference = now(), filed(each_app)
    record(each_app, READ, read_at - MINUTE)
    record(each_app, READ, read_at)
    accept(each_app, reference, read_at + FRESH, verdict=verdict)
    assert state(each_app, reference) == "accepted"
    assert rests_on(each_app, reference) == (Status.IN_PROGRESS, Source.PANEL, read_at)
    assert kinds(each_app, reference) == ["filed", "facts_read", "taken", "answered"]


@pytest.mark.parametrize("verdict", ACCEPTS)
def test_an_acceptance_on_an_older_reading_is_stale_and_stores_nothing(each_app: Flask, verdict: Verdict) -> None:
    read_at, reference = now(), filed(each_app)
    record(each_app, READ, read_at)
    late = read_at + FRESH + SECOND
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, late, verdict=verdict))


def test_an_acceptance_before_any_reading_is_stale_whatever_staff_saw(each_app: Flask) -> None:
    at, reference = now(), filed(each_app)
    seen = Seen(status=Status.PENDING, at=at)
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, at))
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, at, seen))


def test_what_staff_saw_counts_for_nothing_beside_a_fresh_reading(app: Flask) -> None:
    at, reference = now(), filed(app)
    record(app, READ, at)
    accept(app, reference, at, Seen(status=Status.PENDING, at=at))
    assert rests_on(app, reference) == (Status.IN_PROGRESS, Source.PANEL, at)
    assert "facts_recorded" not in kinds(app, reference)


def test_staff_who_ask_wait_since_they_first_did_until_the_panel_said_something(each_app: Flask) -> None:
    at, _ = now(), filed(each_app)
    assert [ask(each_app, at + place * SECOND) for place in range(3)] == [at, at, at]
    with each_app.app_context():
        assert tickets.take_lookups(at + 3 * SECOND) == [ORDER]
        tickets.release([ORDER], at + MINUTE)
        assert tickets.waiting_since(ORDER) == at
    record(each_app, READ, at + MINUTE)
    with each_app.app_context():
        assert tickets.waiting_since(ORDER) is None
    assert ask(each_app, at + 2 * MINUTE) == at + 2 * MINUTE


def test_an_order_of_an_ended_ticket_can_be_asked_about(each_app: Flask) -> None:
    at = now()
    assert ask(each_app, at) == at
    assert [(waits.order_id, waits.next_at) for waits in [lookup(each_app)] if waits] == [(ORDER, at)]


def test_staff_may_tell_once_the_panel_was_silent_for_ten_seconds(each_app: Flask) -> None:
    at, reference = now(), filed(each_app)
    record(each_app, READ, at - AGO)
    ask(each_app, at)
    soon, late = at + PATIENCE - SECOND, at + PATIENCE
    seen = Seen(status=Status.PARTIAL, at=late)
    assert (may_tell(each_app, reference, soon), may_tell(each_app, reference, late)) == (False, True)
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, soon, seen))
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, late))
    accept(each_app, reference, late, seen)
    assert rests_on(each_app, reference) == (Status.PARTIAL, Source.STAFF, late)


def test_staff_who_did_not_ask_may_not_tell(app: Flask) -> None:
    reference = filed(app)
    record(app, READ, now() - AGO)
    assert not may_tell(app, reference, now())


def test_staff_may_tell_at_once_where_the_panel_says_no(each_app: Flask) -> None:
    at, reference = now(), filed(each_app)
    record(each_app, READ, at - SECOND)
    record(each_app, REFUSED, at)
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, at))
    accept(each_app, reference, at, Seen(status=Status.PENDING, at=at))
    assert rests_on(each_app, reference) == (Status.PENDING, Source.STAFF, at)


def test_a_refusal_of_long_ago_lets_nobody_tell_until_the_panel_was_asked(app: Flask) -> None:
    at, reference = now(), filed(app)
    record(app, REFUSED, at - FRESH)
    assert not may_tell(app, reference, at)
    assert may_tell(app, reference, at - SECOND)


@pytest.mark.parametrize("passed", JUST_NOW.values(), ids=JUST_NOW)
def test_what_staff_just_saw_is_recorded_and_what_the_answer_rests_on(each_app: Flask, passed: timedelta) -> None:
    at, reference = now(), filed(each_app)
    accept(each_app, reference, at, Seen(status=Status.PROCESSING, at=at + passed), reads=False)
    assert rests_on(each_app, reference) == (Status.PROCESSING, Source.STAFF, at + passed)
    recorded = events(each_app, reference)[-2]
    assert (recorded.kind, recorded.data["seen_at"]) == (EventKind.FACTS_RECORDED, (at + passed).isoformat())
    with each_app.app_context():
        assert ticket(reference).status is Status.PROCESSING
        assert tickets.known_of(ticket(reference)).facts.wrong_link is True


@pytest.mark.parametrize("passed", NOT_NOW.values(), ids=NOT_NOW)
@pytest.mark.parametrize("reads", [True, False])
def test_what_staff_saw_long_ago_or_will_see_is_not_just_now(app: Flask, passed: timedelta, reads: bool) -> None:
    at, reference = now(), filed(app)
    ask(app, at - PATIENCE)
    seen = Seen(status=Status.PENDING, at=at + passed)
    assert refused(app, tickets.TooOld, lambda: accept(app, reference, at, seen, reads=reads))


def test_by_hand_an_acceptance_rests_on_what_staff_recorded_while_that_is_fresh(each_app: Flask) -> None:
    at, reference = now(), filed(each_app)
    record(each_app, READ, at)  # of a panel that is worked by hand since
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, at, reads=False))
    with each_app.app_context():
        known = tickets.known_of(ticket(reference)).facts
    by_staff(each_app, reference, lambda r, s, seen: tickets.record_facts(r, s, known, policy(each_app), seen, at))
    late = at + FRESH + SECOND
    assert refused(each_app, tickets.Stale, lambda: accept(each_app, reference, late, reads=False))
    accept(each_app, reference, at + FRESH, reads=False)
    assert rests_on(each_app, reference) == (Status.IN_PROGRESS, Source.STAFF, at)


@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize("verdict", [Verdict.DECLINE, Verdict.ASK])
def test_to_decline_or_to_ask_needs_nothing(app: Flask, verdict: Verdict, reads: bool) -> None:
    reference = filed(app)
    accept(app, reference, now(), verdict=verdict, reads=reads)
    assert "on" not in last_event(app, reference).data


def test_a_status_that_moved_since_staff_looked_is_a_conflict(each_app: Flask) -> None:
    at, reference = now(), filed(each_app)
    record(each_app, READ, at)
    given = Answer(verdict=Verdict.ACCEPT_FULL, text="Some words.", matched_by="By mail.")

    def late(reference: str, staff: Staff, seen: int) -> object:
        tickets.record(ORDER, Reading(status=Status.PARTIAL, shown="Partial"), "panel", policy(each_app), at)
        return tickets.answer(reference, staff, given, policy(each_app), seen, at, reads=True)

    with pytest.raises(tickets.Conflict):
        by_staff(each_app, reference, late)
    assert kinds(each_app, reference) == ["filed", "facts_read", "facts_read"]


def test_a_reading_without_news_stands_in_nobodys_way(each_app: Flask) -> None:
    at, reference = now(), filed(each_app)
    record(each_app, READ, at)

    def late(reference: str, staff: Staff, seen: int) -> object:
        tickets.record(ORDER, READ, "panel", policy(each_app), at + MINUTE)
        return tickets.add_note(reference, staff, "Strange fellow", seen, at + MINUTE)

    by_staff(each_app, reference, late)
    assert kinds(each_app, reference)[-1] == "note"


def test_a_colleague_who_accepts_on_what_is_stale_has_the_panel_asked(app_with: AppWith, database_url: str) -> None:
    panel = {"panel_kind": "api-v2", "panel_url": "http://127.0.0.1:9", "panel_key": "never-used"}
    app = app_with(database_url=database_url, **panel)
    reference, olena = filed(app), Colleague(app)
    record(app, READ, now() - AGO)
    typed: dict[str, Any] = {"verdict": "accept_full", "text": "We ask the provider.", "matched_by": "By mail."}
    page = olena.act(reference, "answer", code=200, **typed)
    assert "Your answer was not sent yet: the panel is asked first." in page.says("main > .warned")
    assert page.link("To your answer") == "#answer"
    waits = lookup(app)
    assert waits
    assert (waits.asked_at is not None, waits.next_at <= now(), state(app, reference)) == (True, True, "received")
    record(app, READ, now())
    olena.act(reference, "answer", **typed)
    assert rests_on(app, reference)[:2] == (Status.IN_PROGRESS, Source.PANEL)
