"""Writing together: what is to be written at the same moment shares one transaction, and fails alone.

SQLite has one writer at a time, and a commit takes longer than all that a filing writes. Whoever comes while the
transaction before is under way waits, and goes with all who wait by then: one of them does the pieces of all.
PostgreSQL has many writers, and brings their commits together by itself: there each piece has its own transaction.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.exc import InternalError, OperationalError, PendingRollbackError

from portal.extensions import begin_writing, db

Result = TypeVar("Result")

MOST = 32
"""Pieces of one transaction."""
TRIES = 4
"""How often a piece is begun again."""
OF_THE_DATABASE = (InternalError, OperationalError, PendingRollbackError)
"""What goes wrong with the database itself, and so with all that one transaction holds."""


class Again(Exception):
    """What a piece wanted to write came in between from elsewhere: it is begun again, and sees it."""


def together(do: Callable[[], Result]) -> Result:
    """Write a piece; return what it returns once it is committed, or raise what it raises, and nothing is written.

    It may be done by another thread, with its session: it asks for nothing of its request, ends no transaction, and
    returns no object of the session. What the caller's own session wrote before is committed first.
    """
    if db.session().in_transaction():
        db.session.commit()
    piece = Piece(do)
    if db.engine.dialect.name == "sqlite":
        _desk(db.engine).write(piece)
    else:
        _alone(piece)
    if piece.error is not None:
        raise piece.error
    result: Result = piece.result
    return result


@dataclass(eq=False)
class Piece:
    """Something to write: what does it, and what came of it."""

    do: Callable[[], Any]
    woken: Event = field(default_factory=Event)
    leads: bool = False
    result: Any = None
    error: Exception | None = None


class Desk:
    """Where the pieces of one process meet that write to one database."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[Piece] = deque()
        self._led = False

    def write(self, piece: Piece) -> None:
        """Have a piece done: by whoever leads, or by leading."""
        with self._guard:
            self._waiting.append(piece)
            if not self._led:
                self._led = piece.leads = True
        if not piece.leads:
            piece.woken.wait()
        if piece.leads:
            self._lead()

    def _lead(self) -> None:
        """Do what waits in one transaction, and hand on."""
        pieces: list[Piece] = []
        try:
            begin_writing()
            pieces = self._taken(MOST)
            _do(pieces) if len(pieces) > 1 else _alone(pieces[0])
        except BaseException as error:
            pieces = pieces or self._taken(len(self._waiting))
            for piece in pieces:
                piece.error = error if isinstance(error, Exception) else RuntimeError("whoever led was ended")
            db.session.rollback()
            if not isinstance(error, Exception):
                raise
        finally:
            self._hand_on(pieces)

    def _taken(self, most: int) -> list[Piece]:
        with self._guard:
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def _hand_on(self, done: list[Piece]) -> None:
        with self._guard:
            self._led = bool(self._waiting)
            if self._led:
                self._waiting[0].leads = True
                done = [*done, self._waiting[0]]
        for piece in done:
            piece.woken.set()


def _alone(piece: Piece) -> None:
    """Do a piece in a transaction of its own, without a savepoint."""
    for _ in range(TRIES):
        try:
            begin_writing()
            piece.result, piece.error = piece.do(), None
            db.session.commit()
            return
        except Exception as error:
            db.session.rollback()
            piece.error = error
            if not isinstance(error, Again):
                return


def _do(pieces: list[Piece]) -> None:
    """Do pieces, each in a savepoint, and commit; what goes wrong in one is its own, unless the database fails."""
    for piece in pieces:
        _begun(piece)
    db.session.commit()


def _begun(piece: Piece) -> None:
    for _ in range(TRIES):
        try:
            with db.session.begin_nested():
                piece.result, piece.error = piece.do(), None
            return
        except Again as overtaken:
            piece.error = overtaken
        except OF_THE_DATABASE:
            raise
        except Exception as error:
            piece.error = error
            return


def _desk(engine: Engine) -> Desk:
    with _guard:
        return _desks.setdefault(engine, Desk())


_guard = Lock()
_desks: WeakKeyDictionary[Engine, Desk] = WeakKeyDictionary()
