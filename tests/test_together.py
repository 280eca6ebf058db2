"""Writing together: pieces that come at the same time share a commit, and each fails alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from portal.clock import now
from portal.extensions import begin_writing, db, insert_now
from portal.models import Counter, Ticket
from portal.policy import Outcome, State, Status
from portal.together import TRIES, Again, Piece, _desk, _do, together
from tests.filing import at_once
from tests.limits_counted import MINE, counted

PIECES = 8
TICKET: dict[str, Any] = {
    "version": 1,
    "state": State.RECEIVED,
    "language": "en",
    "order_id": "1",
    "filer": "somebody",
    "proven": False,
    "service_name": "Likes",
    "status": Status.PENDING,
    "outcome": Outcome.POSSIBLE,
    "search_text": "",
    "filed_at": now(),
    "nonce": "0",
    "key_id": "k",
}


def write(name: str) -> str:
    """Write one counter."""
    counted(name)
    return name


def in_app(app: Flask, do: Callable[[], str]) -> str:
    """Write a piece in a context of its own; return what came of it: its result, or the name of what it raised."""
    with app.app_context():
        try:
            return together(do)
        except Exception as error:
            return type(error).__name__


def keys(app: Flask) -> int:
    """Return how many counters there are."""
    with app.app_context():
        return len(db.session.scalars(select(Counter.key)).all())


def test_each_piece_that_comes_at_the_same_time_is_committed_and_returns_its_own(each_app: Flask) -> None:
    names = [f"piece {n}" for n in range(PIECES)]
    assert sorted(at_once([partial(in_app, each_app, partial(write, name)) for name in names])) == sorted(names)
    assert keys(each_app) == PIECES


def test_those_that_wait_while_one_is_written_share_the_next_commit(app: Flask) -> None:
    commits: list[int] = []
    begun, all_wait = Event(), Event()

    def first() -> str:
        begun.set()
        assert all_wait.wait(60)
        return write("first")

    with app.app_context():
        event.listen(db.engine, "commit", lambda _: commits.append(1))
    leads = Thread(target=in_app, args=(app, first))
    leads.start()
    assert begun.wait(60)
    threads = [Thread(target=in_app, args=(app, partial(write, f"other {n}"))) for n in range(PIECES)]
    for thread in threads:
        thread.start()
    with app.app_context():
        waiting = _desk(db.engine)._waiting
    while len(waiting) < PIECES:
        Event().wait(0.01)
    all_wait.set()
    for thread in [leads, *threads]:
        thread.join(60)
    assert (len(commits), keys(app)) == (2, PIECES + 1)


def test_a_filing_that_is_refused_late_leaves_the_others_of_its_commit_alone(each_app: Flask) -> None:
    def refused(name: str) -> str:
        ticket = Ticket(**TICKET, reference=name, order_key=name, token_hash=name)
        assert insert_now(ticket)
        raise KeyError(name)

    def kept(name: str) -> str:
        ticket = Ticket(**TICKET, reference=name, order_key=name, token_hash=name)
        assert insert_now(ticket)
        return name

    with each_app.app_context():
        pieces = [Piece(partial(do, name)) for do, name in ((refused, "a"), (kept, "b"), (refused, "c"), (kept, "d"))]
        begin_writing()
        _do(pieces)
        assert [piece.result for piece in pieces] == [None, "b", None, "d"]
        assert db.session.scalars(select(Ticket.reference).order_by(Ticket.id)).all() == ["b", "d"]


def test_a_piece_that_fails_fails_alone_and_leaves_nothing(each_app: Flask) -> None:
    def broken(name: str) -> str:
        counted(name)
        raise KeyError(name)

    def twice(name: str) -> str:
        db.session.execute(insert(Counter), [{**MINE, "key": name}, {**MINE, "key": name}])
        return name

    pieces: list[Callable[[], str]] = [
        partial(broken, "a"),
        partial(write, "b"),
        partial(twice, "c"),
        partial(write, "d"),
    ]
    came = at_once([partial(in_app, each_app, piece) for piece in pieces])
    assert sorted(came) == sorted(["KeyError", "b", IntegrityError.__name__, "d"])
    assert keys(each_app) == 2


def test_a_piece_that_was_overtaken_is_begun_again_a_few_times(each_app: Flask) -> None:
    begun: list[str] = []

    def overtaken(name: str, times: int) -> str:
        begun.append(name)
        counted(name)
        if begun.count(name) <= times:
            raise Again
        return name

    assert in_app(each_app, partial(overtaken, "once", 1)) == "once"
    assert in_app(each_app, partial(overtaken, "always", TRIES)) == "Again"
    assert (begun.count("once"), begun.count("always")) == (2, TRIES)
    assert keys(each_app) == 1


def test_where_the_database_takes_nothing_each_is_told_and_the_next_piece_is_written(app: Flask) -> None:
    def full() -> str:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    came = at_once([partial(in_app, app, piece) for piece in (full, partial(write, "beside"))])
    assert "OperationalError" in came
    assert set(came) <= {"OperationalError", "beside"}
    assert in_app(app, partial(write, "after")) == "after"
    assert keys(app) == came.count("beside") + 1


def test_what_the_session_wrote_before_is_committed_first(each_app: Flask) -> None:
    with each_app.app_context():
        counted("before")
        with pytest.raises(KeyError):
            together(partial(dict[str, str]().__getitem__, "nothing"))
        db.session.rollback()
    assert keys(each_app) == 1
