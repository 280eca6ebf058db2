"""The loop: what is due, one thing after another, until the worker is told to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Any, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from portal import evidence, limits, notices, outbox, tickets
from portal.concerns import Carrier
from portal.extensions import db
from portal.files import Files
from portal.outbox import Fault, Held, Result
from portal.worker.files_work import FilesWork
from portal.worker.jobs import Every, has_come, persistently
from portal.worker.panel_work import PanelWork

POLL = 1.0
"""Seconds between looks at an empty outbox."""
RESTS = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))
"""How long all mails, or all that goes to one channel or webhook, wait where it is at fault: the first, … time."""
TRIED_AGAIN = timedelta(days=1)
"""How long a channel counts as working that was seen to."""


class Worker:
    """One worker: `log` gets a line for what an operator should know, and no word, token or address of anyone."""

    def __init__(
        self,
        ways: notices.Ways,
        panel: PanelWork,
        clock: Callable[[], datetime],
        log: Any,
        rhythm: outbox.Rhythm = outbox.USUAL,
        files: Files | None = None,
    ) -> None:
        self._ways, self._panel, self._clock, self._log, self._rhythm = ways, panel, clock, log, rhythm
        self._others = (panel, FilesWork(files, clock, log)) if files else (panel,)
        self._rests: dict[outbox.Rest, _Rest] = {}
        self._mail_works: bool | None = None
        self._jobs = (
            Every(timedelta(seconds=10), self._heed_set_back),
            Every(timedelta(minutes=1), self._be_seen),
            Every(timedelta(minutes=1), self._remind),
            Every(timedelta(hours=1), self._sweep),
            Every(timedelta(hours=1), self._check_again, begun=clock()),
        )

    def run(self, stop: Flag) -> None:
        """Work until told to stop; what is begun is ended."""
        self._log.info("worker started")
        self._guarded(self.check)
        self._guarded(self._panel.check)
        while not stop.is_set():
            for work in self._others:
                self._guarded(work.turn)  # by itself: what goes wrong there keeps no notice from its way
            if not self._guarded(self.turn):
                self._ways.post.rest()
                stop.wait(POLL)
        self._ways.post.rest()
        self._log.info("worker ended")

    def turn(self) -> bool:
        """Do what is due; return whether there may be more."""
        for job in self._jobs:
            job.run_where_due(self._clock())
        notice = outbox.take(self._clock(), self._resting(), self._rhythm)
        if notice is None:
            return False
        result = self._carried(notice)
        if result is not None:
            self._record(notice, result)
        return True

    def check(self) -> None:
        """Find out which ways work, and record it; a channel that worked within a day is not sent a line again."""
        self._check(lambda found, at: found is None or bool(found.fault) or at - found.at >= TRIED_AGAIN)

    def _check_again(self) -> None:
        """Find out whether the mail server works, and the channels that did not."""
        self._check(lambda found, _: found is not None and bool(found.fault))

    def _check(self, due: Callable[[Any, datetime], bool]) -> None:
        ways, found, at = self._ways, {check.name: check for check in outbox.checks()}, self._clock()
        fresh = {channel.id for channel in ways.channels if not due(found.get(channel.id), at)}
        db.session.rollback()
        for way in ways.tried(besides=fresh):
            if way.id == Carrier.MAIL:
                self._mail_works = way.result.fault in (None, Fault.NOT_SET)
            outbox.record_check(way.id, way.shown, self._clock(), way.result.fault, way.result.detail)
            if way.result.fault is Fault.NOT_SET:
                self._log.info("no mail server is set: mails lie in a folder")
            elif way.result.fault:
                self._log.warning("way does not work", way=way.shown, fault=way.result.fault)
            else:
                self._log.info("way works", way=way.shown)
        checked = (name for work in self._others for name in work.checked)
        outbox.forget_checks({outbox.WORKER, Carrier.MAIL, *checked, *(channel.id for channel in ways.channels)})

    def _carried(self, notice: Held) -> Result | None:
        try:
            return self._ways.carry(notice, self._clock())
        except SQLAlchemyError:
            raise
        except Exception as error:  # one notice that cannot be put into words keeps no other from its way
            db.session.rollback()
            self._log.error("notice broke", notice=notice.id, kind=notice.kind, error=type(error).__name__)
            return Result(fault=Fault.BROKEN, detail=type(error).__name__)

    def _record(self, notice: Held, result: Result) -> None:
        """Record what became of a notice at once."""
        persistently(lambda: outbox.finish(notice, result, self._clock(), self._rhythm))
        if result.fault:
            what = "notice dropped" if result.dropped else "notice not sent"
            self._log.warning(what, notice=notice.id, kind=notice.kind, fault=result.fault)
        if not result.dropped:
            self._heed(notice, result)
            if notice.carrier is Carrier.MAIL:
                self._learn(result)

    def _heed(self, notice: Held, result: Result) -> None:
        """Let what goes the same way rest where the way is at fault: it would wait for nothing, and hold up others."""
        way = (notice.carrier, None if notice.carrier is Carrier.MAIL else notice.recipient)
        if not result.rests:
            self._rests.pop(way, None)
            return
        times = self._rests[way].times + 1 if way in self._rests else 1
        self._rests[way] = _Rest(self._clock() + RESTS[min(times, len(RESTS)) - 1], times)

    def _learn(self, result: Result) -> None:
        """Record what a mail showed of the mail server, where it is new."""
        works = not result.rests
        if works is not self._mail_works:
            self._mail_works = works
            fault, detail = (None, "") if works else (result.fault, result.detail)
            outbox.record_check(Carrier.MAIL, Carrier.MAIL, self._clock(), fault, detail)

    def _resting(self) -> list[outbox.Rest]:
        return [way for way, rest in self._rests.items() if not has_come(rest.until, self._clock(), RESTS[-1])]

    def _guarded(self, do: Callable[[], bool | None]) -> bool:
        """Do a thing; what goes wrong ends no worker, and a database that takes nothing at the moment is waited for."""
        try:
            return bool(do())
        except SQLAlchemyError as error:
            db.session.rollback()
            self._log.error("the database did not answer", error=type(error).__name__)
        except Exception as error:
            db.session.rollback()
            self._log.error("the worker went wrong", error=type(error).__name__)
        finally:
            db.session.remove()  # each turn sees what others did
        return False

    def _heed_set_back(self) -> None:
        at = self._clock()
        if outbox.heed_set_back(at, self._rhythm):
            self._log.warning("the clock was set back: notices are due at once")
        tickets.heed_set_back(at)

    def _be_seen(self) -> None:
        outbox.record_check(outbox.WORKER, outbox.WORKER, self._clock(), None)

    def _remind(self) -> None:
        target = self._ways.settings.answer_target
        if target and self._ways.channels:
            at = self._clock()
            outbox.remind(at - timedelta(hours=target), at)

    def _sweep(self) -> None:
        at = self._clock()
        evidence.sweep(at)
        outbox.sweep(at)
        tickets.sweep_lookups(at)
        limits.sweep(at)
        db.session.commit()


class _Rest(NamedTuple):
    """Until when a way rests, and for which time on end."""

    until: datetime
    times: int
