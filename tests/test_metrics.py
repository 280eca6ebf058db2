"""The figures for operators: who may read them, and that they say what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update

from portal import outbox, tickets
from portal.clock import now
from portal.concerns import NoticeState
from portal.extensions import db
from portal.models import Notice
from portal.outbox import Fault
from portal.policy import State
from portal.readings import Failure
from tests.code_reading import ROOT, names, table
from tests.colleague import OLENA, account
from tests.conftest import AppWith
from tests.filing import file
from tests.page import Page
from tests.stored import filed, shelf, work
from tests.test_outside import TOKEN
from tests.visitor import Visitor

HOUR = timedelta(hours=1)
Figures = dict[tuple[str, ...], float]
"""Values by their name and the values of their labels, in the order of the labels' names."""


@pytest.fixture
def watched(app_with: AppWith, database_url: str) -> Flask:
    """A portal whose figures may be read, on each kind of database in turn."""
    return app_with(database_url=database_url, metrics_token=TOKEN)


def asked(app: Flask, authorization: str | None = f"Bearer {TOKEN}") -> Page:
    """Ask for the figures."""
    headers = {"Authorization": authorization} if authorization else {}
    return Visitor(app).visit("/metrics", status=None, headers=headers)


def figures(app: Flask) -> Figures:
    """Return the figures as whoever collects them reads them."""
    page = asked(app)
    assert (page.status, page.headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    return dict(_read(page.response.get_data(as_text=True)))


def _read(exposed: str) -> Iterator[tuple[tuple[str, ...], float]]:
    for family in text_string_to_metric_families(exposed):
        for sample in family.samples:
            yield (sample.name, *(sample.labels[name] for name in sorted(sample.labels))), sample.value


def recorded(app: Flask, name: str, fault: Failure | Fault | None, *, shown: str = "") -> None:
    """Have a worker have found this of a way, just now."""
    with app.app_context():
        outbox.record_check(name, shown or name, now(), fault)


@pytest.mark.parametrize(
    "authorization",
    [None, "", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer ї"],
)
def test_without_the_token_nothing_is_told(app_with: AppWith, authorization: str | None) -> None:
    page = asked(app_with(metrics_token=TOKEN), authorization and authorization.encode().decode("latin-1"))
    assert (page.status, page.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "portal_" not in page.html


def test_the_name_of_the_scheme_is_taken_in_any_case(app_with: AppWith) -> None:
    assert asked(app_with(metrics_token=TOKEN), f"bearer {TOKEN}").status == 200


def test_while_no_token_is_set_there_is_no_such_address(app: Flask) -> None:
    missing = Visitor(app).visit("/nothing", status=404)
    for authorization in (None, "Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        page = asked(app, authorization)
        assert (page.status, page.h1) == (404, missing.h1)


def test_tickets_are_counted_in_each_state(watched: Flask) -> None:
    shelf(watched, 3)
    taken = filed(watched, order_id="T-1")
    work(watched, taken, lambda r, staff, seen: tickets.take(r, staff, seen, now()), account(watched, OLENA))
    found = figures(watched)
    counted = {state: found["portal_tickets", state] for state in State}
    assert counted == dict.fromkeys(State, 0) | {State.RECEIVED: 3, State.IN_REVIEW: 1}


def test_tickets_are_counted_in_an_index_alone(app: Flask) -> None:
    with app.app_context():
        counted = "SELECT count(*) FROM tickets WHERE tickets.state = 'declined'"
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {counted}")).all()
    assert "COVERING INDEX ix_tickets_state_oldest" in str(plan)


def test_the_ticket_that_waits_longest_for_staff_is_told(watched: Flask) -> None:
    assert figures(watched)["portal_longest_wait_seconds",] == 0
    filed(watched, order_id="1", at=now() - 2 * HOUR)
    filed(watched, order_id="2", at=now() - HOUR)
    assert 7200 <= figures(watched)["portal_longest_wait_seconds",] < 7260


def test_unsent_notices_are_counted_by_state_and_the_oldest_that_is_due_is_told(watched: Flask) -> None:
    none = figures(watched)
    assert [none["portal_unsent_notices", state] for state in ("waiting", "refused", "given_up")] == [0, 0, 0]
    assert none["portal_oldest_due_notice_seconds",] == 0
    for order, ago in (("1", 3 * HOUR), ("2", 2 * HOUR), ("3", HOUR)):
        filed(watched, order_id=order, email="anna@example.com", at=now() - ago)
    with watched.app_context():
        mails = [notice.id for notice in db.session.query(Notice).order_by(Notice.id)]
        for id_, state in zip(mails, (NoticeState.GIVEN_UP, NoticeState.SENT), strict=False):
            db.session.execute(update(Notice).where(Notice.id == id_).values(state=state, next_at=None))
        db.session.commit()
    found = figures(watched)
    counted = {state: found["portal_unsent_notices", state] for state in ("waiting", "refused", "given_up")}
    assert counted == {"waiting": len(mails) - 2, "refused": 0, "given_up": 1}
    assert 7200 <= found["portal_oldest_due_notice_seconds",] < 10860


def test_faults_of_ways_are_counted_and_what_worked_last_is_kept(watched: Flask) -> None:
    for fault in (None, Failure.UNREACHABLE, Failure.UNKNOWN):
        recorded(watched, "panel", fault)
    for way in ("mail", "f00d"):
        recorded(watched, way, Fault.NOT_SET if way == "mail" else Fault.REFUSED, shown=f"{way} (1)")
    found = figures(watched)
    assert [found["portal_way_at_fault", way] for way in ("panel", "mail", "f00d (1)")] == [1, 0, 1]
    assert [found["portal_way_faults_total", way] for way in ("panel", "mail", "f00d (1)")] == [2, 0, 1]
    assert now().timestamp() - found["portal_way_worked_timestamp_seconds", "panel"] < 60
    assert found["portal_way_worked_timestamp_seconds", "f00d (1)"] == 0
    recorded(watched, "panel", None)
    found = figures(watched)
    assert (found["portal_way_at_fault", "panel"], found["portal_way_faults_total", "panel"]) == (0, 2)


def test_when_a_worker_was_last_seen_is_told(watched: Flask) -> None:
    assert figures(watched)["portal_worker_seen_timestamp_seconds",] == 0
    recorded(watched, "worker", None)
    assert now().timestamp() - figures(watched)["portal_worker_seen_timestamp_seconds",] < 60
    assert ("portal_way_at_fault", "worker") not in figures(watched)


def test_answers_are_counted_by_view_method_and_class_of_status_and_never_by_path(watched: Flask) -> None:
    visitor = Visitor(watched)
    confirmation = file(visitor)
    visitor.visit("/t/not-a-token", status=404)
    visitor.visit("/a/secret/path?of=mine", status=404)
    visitor.open("/en/tickets/new", method="BREW")
    found = figures(watched)
    counted = {key[1:]: value for key, value in found.items() if key[0] == "portal_answer_seconds_count"}
    assert counted["tickets.file_ticket", "POST", "3xx"] == 1
    assert counted["tickets.open_link", "GET", "4xx"] == 1
    assert counted["none", "GET", "4xx"] == 1
    assert counted["none", "other", "4xx"] == 1
    assert found["portal_answer_seconds_bucket", "tickets.new", "+Inf", "GET", "2xx"] == 1
    said = asked(watched).html
    assert not re.search(rf"secret|BREW|not-a-token|{confirmation.path}|tickets/new", said)


def test_kept_pages_and_the_addresses_of_machines_are_not_counted(watched: Flask) -> None:
    for path in ("/en/cancellation", "/livez", "/readyz", "/metrics", "/en/cancellation"):
        Visitor(watched).visit(path, status=None)
    assert [key for key in figures(watched) if key[0] == "portal_answer_seconds_count"] == []


def test_where_the_database_does_not_answer_that_is_told_and_answers_are_told_still(app_with: AppWith) -> None:
    app = app_with(database_url="postgresql+psycopg://nobody@127.0.0.1:9/nothing", metrics_token=TOKEN)
    Visitor(app).visit("/t/not-a-token", status=503)
    found = figures(app)
    assert found["portal_database_up",] == 0
    assert found["portal_answer_seconds_count", "tickets.open_link", "GET", "5xx"] == 1
    assert not [key for key in found if key[0].startswith(("portal_tickets", "portal_way"))]


def test_the_document_tells_every_figure_and_its_labels(watched: Flask) -> None:
    Visitor(watched).visit("/en/tickets/new")
    recorded(watched, "mail", None)
    rows = table(ROOT / "docs" / "watching.md", "figure")
    told = {names(row[0])[0]: set(names(row[1])) for row in rows}
    exposed = {}
    for family in text_string_to_metric_families(asked(watched).html):
        ending = "_total" if family.type == "counter" else ""
        exposed[family.name + ending] = {name for sample in family.samples for name in sample.labels} - {"le"}
    assert exposed == told
