"""What a worker does at the panel: it reads orders and services, and sends cancellations, one call at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError

from portal import outbox, tickets
from portal.extensions import db
from portal.panel import Panel
from portal.policy import Policy
from portal.readings import Failure, PanelFault, Reading
from portal.worker.jobs import Every, has_come, persistently

SPACING = timedelta(seconds=1)
"""The time between two calls, at the least."""
RESTS = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5))
"""How long nothing is read of the panel after it failed: the first, … time."""
SPOILED = timedelta(minutes=1)
"""How long an order waits that was asked about alone, and had no answer."""
ROOM = timedelta(seconds=30)
"""How long before it counts as unknown a cancellation is no longer sent: longer than a call takes."""
SERVICES_OFTEN, SERVICES_AGAIN = timedelta(days=1), timedelta(hours=1)


class PanelWork:
    """The work at one panel; `policy` says what readings mean, `log` gets no word that a panel or a person said."""

    def __init__(self, panel: Panel, policy: Policy, clock: Callable[[], datetime], log: Any) -> None:
        self._panel, self._policy, self._clock, self._log = panel, policy, clock, log
        self._next = self._rests_until = self._services_at = clock()
        self._most, self._faults = tickets.MOST_READ, 0
        self._works: bool | None = None
        self._answered = self._seen = datetime.min.replace(tzinfo=UTC)
        self._doubted: tuple[Sequence[str], PanelFault] | None = None
        self._jobs = (Every(timedelta(seconds=5), self._give_up_unfinished), Every(timedelta(minutes=1), self._be_seen))

    @property
    def checked(self) -> tuple[str, ...]:
        """The names of what is found out here."""
        return (outbox.PANEL,) if self._panel.reads else ()

    def check(self) -> None:
        """Find out whether the panel takes the key, and record it."""
        if not self._panel.reads:
            return
        try:
            self._panel.check()
        except PanelFault as fault:
            self._failed(fault)
        else:
            self._worked()
        self._next = self._clock() + SPACING

    def turn(self) -> None:
        """Do what is due: one call at the most, and none too soon after the last."""
        for job in self._jobs:
            job.run_where_due(self._clock())
        due = has_come(self._next, self._clock(), SPACING)
        if self._panel.reads and due and (self._cancel() or self._read()):
            self._next = self._clock() + SPACING

    def _cancel(self) -> bool:
        sending = tickets.take_cancellation(self._clock())
        if sending is None:
            return False
        last = sending.held_until - ROOM
        answer = self._panel.cancel(sending.order_id, sending.name, lambda: self._clock() < last)
        persistently(lambda: tickets.finish_cancellation(sending, answer, self._clock()))
        self._log.info("cancellation tried", cancellation=sending.id, failure=answer.failure)
        return True

    def _read(self) -> bool:
        at = self._clock()
        if not has_come(self._rests_until, at, RESTS[-1]):
            return False
        if self._doubted:
            self._settle(*self._doubted)
            return True
        if has_come(self._services_at, at, SERVICES_OFTEN):
            self._read_services(at)
            return True
        order_ids = tickets.take_lookups(at, self._most)
        if order_ids:
            self._read_orders(order_ids)
        elif self._works is False:
            self.check()
        else:
            return False
        return True

    def _read_orders(self, order_ids: Sequence[str]) -> None:
        try:
            found = self._panel.orders(order_ids)
        except PanelFault as fault:
            if fault.failure is Failure.REFUSED:
                self._doubted = order_ids, fault
                return
            self._failed(fault)
            self._put_off(order_ids, spoilt=fault.failure is Failure.UNKNOWN)
            return
        self._worked()
        self._most = min(2 * self._most, tickets.MOST_READ)
        self._record(found)

    def _settle(self, order_ids: Sequence[str], fault: PanelFault) -> None:
        """Find out what was refused: the key, or one of the orders."""
        self._doubted = None
        self.check()
        if self._works and len(order_ids) == 1:
            self._record({order_ids[0]: Reading(refused=fault.detail)})
        else:
            self._put_off(order_ids)

    def _put_off(self, order_ids: Sequence[str], *, spoilt: bool = False) -> None:
        """Have orders read later, and fewer at once: one of them may have `spoilt` the others' answer."""
        again = self._clock() if self._works else self._rests_until
        if spoilt and len(order_ids) == 1:
            again = max(again, self._clock() + SPOILED)  # the others come first
        self._most = max(1, len(order_ids) // 2)
        tickets.release(order_ids, again)

    def _record(self, found: dict[str, Reading]) -> None:
        for order_id, reading in found.items():
            try:
                tickets.record(order_id, reading, self._panel.shown, self._policy, self._clock())
            except OperationalError:
                raise
            except Exception as error:  # one order that cannot be recorded keeps no other from it
                db.session.rollback()
                self._log.error("reading broke", error=type(error).__name__)
        self._log.info("orders read", orders=len(found))

    def _read_services(self, at: datetime) -> None:
        self._services_at = at + SERVICES_AGAIN
        try:
            services = self._panel.services()
        except PanelFault as fault:
            self._log.warning("services not read", failure=fault.failure)
            return
        tickets.keep_services(services)
        self._services_at = at + SERVICES_OFTEN
        self._log.info("services read", services=len(services))

    def _worked(self) -> None:
        self._faults, self._answered = 0, self._clock()
        if not self._works:
            self._works = True
            self._log.info("panel works", panel=self._panel.shown)
            self._be_seen()

    def _failed(self, fault: PanelFault) -> None:
        self._be_seen()
        self._rests_until = self._clock() + RESTS[min(self._faults, len(RESTS) - 1)]
        self._faults += 1
        self._works = False
        self._log.warning("panel does not work", panel=self._panel.shown, failure=fault.failure)
        outbox.record_check(outbox.PANEL, self._panel.shown, self._clock(), fault.failure, fault.detail)

    def _be_seen(self) -> None:
        """Record when the panel answered last."""
        if self._works and self._answered > self._seen:
            outbox.record_check(outbox.PANEL, self._panel.shown, self._answered, None)
            self._seen = self._answered

    def _give_up_unfinished(self) -> None:
        if unfinished := tickets.give_up_unfinished(self._clock()):
            self._log.warning("cancellations unfinished", cancellations=unfinished)
