"""The figures for operators, as Prometheus reads them: of the database when it asks, and of answers since the start."""

from __future__ import annotations

import fcntl
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from prometheus_client import CONTENT_TYPE_LATEST, Histogram, disable_created_metrics, generate_latest, values
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from portal import outbox, tickets
from portal.concerns import Carrier
from portal.extensions import db

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The bounds between which answers are counted by the time that they took."""
NAMED = (Carrier.MAIL, outbox.PANEL)
"""What is told under its own name; channels of staff are told as staff see them: their own names come of secrets."""


class Figures:
    """All figures; how long answers took is counted in this process, or in all that share a `folder`, dead ones too.

    The folder is the one that PROMETHEUS_MULTIPROC_DIR names.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, folder: Path | None) -> None:
        disable_created_metrics()
        self._folder = folder
        if folder:
            values.ValueClass = values.MultiProcessValue(process_identifier=_Place(folder))
        self._times = Histogram(
            "portal_answer_seconds",
            "Seconds that answers took, without the pages kept as bytes.",
            ("endpoint", "method", "status"),
            buckets=SECONDS,
            registry=None,
        )

    def count(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count an answer; where that cannot be written down, nobody waits for it."""
        with suppress(OSError):
            self._times.labels(endpoint, method, f"{status // 100}xx").observe(seconds)

    def text(self, at: datetime) -> bytes:
        """Return the figures as they are at this moment."""
        return generate_latest(_Moment(at, self._counted))

    def _counted(self) -> Iterable[Metric]:
        if self._folder is None:
            return self._times.collect()
        whole = [str(file) for file in self._folder.glob("*.db") if file.stat().st_size]  # one that just began is empty
        found: Iterable[Metric] = MultiProcessCollector.merge(whole)
        return found


class _Place:
    """The number of this process among those that count in a folder; it goes on where a dead one of that number was.

    The lock that holds a number ends with its process, however that ends. Without the folder there is none, -1.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._process, self._number = folder, 0, -1
        self._lock: IO[str] | None = None

    def __call__(self) -> int:
        """Return the number; a process that was forked takes one of its own."""
        process = os.getpid()
        if process != self._process and self._folder.is_dir():
            with suppress(OSError):  # it may not write there: what it counts is lost
                self._number = next(number for number in itertools.count() if self._taken(number))
                self._process = process
        return self._number

    def _taken(self, number: int) -> bool:
        lock = (self._folder / f"{number}.lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True


class _Moment(Collector):
    """The figures of one moment; where the database does not answer, that is one of them, and those in it are not."""

    def __init__(self, at: datetime, counted: Callable[[], Iterable[Metric]]) -> None:
        self._at, self._counted = at, counted

    def collect(self) -> Iterator[Metric]:
        """Return every figure."""
        stored: list[Metric] = []
        try:
            stored = [*self._tickets(), *self._notices(), *self._ways()]
        except SQLAlchemyError:
            db.session.rollback()
        yield GaugeMetricFamily("portal_database_up", "Whether the database answers.", bool(stored))
        yield from stored
        yield from self._counted()

    def _tickets(self) -> Iterator[Metric]:
        counted = GaugeMetricFamily("portal_tickets", "Tickets by state.", labels=("state",))
        for state, count in tickets.by_state().items():
            counted.add_metric((state,), count)
        yield counted
        waits = self._age(tickets.longest_waits_since())
        yield GaugeMetricFamily("portal_longest_wait_seconds", "Age of the ticket that waits longest for staff.", waits)

    def _notices(self) -> Iterator[Metric]:
        counted = GaugeMetricFamily("portal_unsent_notices", "Notices that were not sent, by state.", labels=("state",))
        for state, count in outbox.unsent_by_state().items():
            counted.add_metric((state,), count)
        yield counted
        due = self._age(outbox.oldest_due(self._at))
        yield GaugeMetricFamily("portal_oldest_due_notice_seconds", "How long the oldest due notice is due.", due)

    def _ways(self) -> Iterator[Metric]:
        at_fault = GaugeMetricFamily("portal_way_at_fault", "Whether a way is at fault.", labels=("way",))
        faults = CounterMetricFamily("portal_way_faults", "How often a way was found at fault.", labels=("way",))
        worked = GaugeMetricFamily("portal_way_worked_timestamp_seconds", "When a way last worked.", labels=("way",))
        seen = outbox.NEVER
        for check in outbox.checks():
            if check.name == outbox.WORKER:
                seen = check.at
                continue
            way = (check.name if check.name in NAMED else check.shown,)
            at_fault.add_metric(way, outbox.at_fault(check.fault))
            faults.add_metric(way, check.faults)
            worked.add_metric(way, check.at.timestamp())
        yield from (at_fault, faults, worked)
        told = "When a worker was last seen."
        yield GaugeMetricFamily("portal_worker_seen_timestamp_seconds", told, seen.timestamp())

    def _age(self, since: datetime | None) -> float:
        return max(0.0, (self._at - since).total_seconds()) if since else 0.0
