"""The way into the database and back: moments, facts, decisions, filings."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.events import EventKind
from portal.extensions import db
from portal.filing import Filing, Problem
from portal.models import Event, Staff, spoken
from portal.policy import Facts, Source, State, Status, decide, every_facts
from tests.answers import POLICY
from tests.stored import filed, ticket

KYIV = ZoneInfo("Europe/Kyiv")
KNOWN = st.sampled_from([True, False, None])
FACTS = st.sampled_from(list(every_facts()))
FILINGS = st.builds(
    Filing,
    order_id=st.text(),
    service_name=st.text(),
    link=st.text(),
    status=st.sampled_from(Status),
    problem=st.sampled_from(Problem),
    link_changed=KNOWN,
    duplicate_order=KNOWN,
    reason=st.text(),
    reference=st.text(),
)


def event(data: dict[str, object]) -> Event:
    """Return an event that keeps this."""
    return Event(number=1, at=datetime(2026, 1, 1, tzinfo=UTC), kind=EventKind.FILED, state=State.RECEIVED, data=data)


@given(facts=FACTS, source=st.sampled_from(Source))
def test_facts_and_decision_come_back_as_they_were_spoken(facts: Facts, source: Source) -> None:
    decision = decide(facts, POLICY)
    kept = event(_through_json(spoken(facts, source, decision)))
    assert kept.facts == facts
    assert kept.decision == decision
    assert list(kept.decision.clauses) == list(decision.clauses)
    assert kept.data["source"] == source


@given(filing=FILINGS)
def test_a_filing_comes_back_as_it_was_filed(filing: Filing) -> None:
    assert event(_through_json({"filing": filing.data()})).filing == filing


def test_an_event_that_states_nothing_has_neither_facts_nor_decision_nor_filing() -> None:
    silent = event({"text": "A note."})
    assert (silent.facts, silent.decision, silent.filing) == (None, None, None)


@pytest.mark.parametrize(
    "said",
    [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 3, 30, fold=1, tzinfo=KYIV),
        datetime(2026, 10, 25, 3, 30, fold=0, tzinfo=KYIV),
        datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-11))),
    ],
    ids=str,
)
def test_a_moment_comes_back_in_utc_whatever_its_zone(each_app: Flask, said: datetime) -> None:
    with each_app.app_context():
        db.session.add(Staff(email="olena@example.com", name="Olena", language="uk", added_at=said))
        db.session.commit()
        db.session.expire_all()
        kept = db.session.query(Staff).one().added_at
    assert kept.astimezone(UTC) == said.astimezone(UTC)
    assert kept.tzinfo is UTC or kept.utcoffset() == timedelta()


def test_what_was_filed_comes_back_from_the_database(each_app: Flask) -> None:
    reference = filed(each_app, reason='«Лапки», 🦔 and "quotes" \\ % _ \'', link_changed=None)
    with each_app.app_context():
        found = ticket(reference).events[0].filing
        assert found is not None
        assert found.reason == '«Лапки», 🦔 and "quotes" \\ % _ \''
        assert found.link_changed is None
        assert {field.name for field in fields(found)} == set(found.data())


def _through_json(data: dict[str, object]) -> dict[str, object]:
    """Return data as a JSON column gives it back."""
    read: dict[str, object] = json.loads(json.dumps(data))
    return read
