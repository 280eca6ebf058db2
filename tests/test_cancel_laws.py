"""Laws that cancellations keep, whatever staff, workers, time and a failing panel do, in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal import tickets
from portal.cancellation import MAY_HAVE_REACHED, UNDER_WAY, CancelState
from portal.demo.orders import Fault, Order
from portal.demo.panel import KEY, Panel, served
from portal.events import EventKind
from portal.extensions import db
from portal.models import Cancellation, Event, Ticket
from portal.panel import WITHIN, ApiV2
from portal.policy import State
from portal.readings import CancelAnswer
from portal.state_words import NOT_TAKEN, STATE_WORDS, state_words
from portal.worker import PanelWork
from portal.worker.panel_work import ROOM
from tests.cancelling import ORDER, PANEL, Desk, refusal
from tests.conftest import Kind
from tests.postgresql import free_port
from tests.shift import Lines
from tests.stored import policy

UNREACHABLE, REFUSES = "unreachable", "refuses"
FAULTS = (
    *(None, None, REFUSES, UNREACHABLE),
    *(Fault.DROPPED, Fault.CUT_IN_BODY, Fault.WRONG, Fault.SLOW),  # done, and not said
    *(Fault.CUT, Fault.CHALLENGE, Fault.TOO_MANY, Fault.TOO_MANY_JSON),
)
AGAIN = (State.CANCEL_SENT, State.NOT_CANCELED, State.IN_REVIEW)
AGREED = (State.ACCEPTED, State.CANCEL_SENT)
SHOWN = {"Canceled": State.CANCELED, "Partial": State.PARTLY_CANCELED}
SOON = 0.2
"""Seconds that a call of a panel which never answers takes."""
SETTINGS = settings(max_examples=40, stateful_step_count=30, derandomize=True, deadline=None, database=None)


@dataclass
class Hand:
    """What a worker has in hand: a cancellation, and what the panel answered."""

    sending: tickets.Sending
    answer: CancelAnswer | None = None


@dataclass
class Noting(Panel):
    """A panel that notes the names of the cancellations that it `took`."""

    took: set[str] = field(default_factory=set)

    def _canceled(self, ids: list[str]) -> Any:
        before = self.orders[ORDER].taken
        said = super()._canceled(ids)
        if self.orders[ORDER].taken > before:
            self.took.add(self.calls[-1].headers["idempotency-key"])
        return said


class Cancelling(RuleBasedStateMachine):
    """One ticket; `said` is what the panel or staff told of its order, `again` how often staff said so."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.app = self.opened.enter_context(kind[1].fresh())
        self.order = Order({"status": "In progress"})
        self.shop = Noting({ORDER: self.order}, [])
        self.url = self.opened.enter_context(served(self.shop))
        self.desk = Desk(self.app)
        self.reference = self.desk.accepted()
        self.desk.ask(self.reference)
        self.hands: list[Hand] = []
        self.said, self.again = set[State](), 0

        self.where, self.rows = State.ACCEPTED, dict[str, CancelState]()

    def teardown(self) -> None:
        """End the panel and the app."""
        self.opened.close()

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        """One of the things happens that can."""
        data.draw(st.sampled_from([do for do, can in self.things().items() if can]))(data.draw)

    def things(self) -> Mapping[Callable[[Any], None], bool]:
        """Return what can happen, and whether it can now."""
        states, under_way = self.rows.values(), bool(set(self.rows.values()) & set(UNDER_WAY))
        later = len(self.rows) > 1
        return {
            self.staff_ask: self.where is State.ACCEPTED and not under_way,
            self.staff_call_it_back: CancelState.WAITING in states and later,
            self.staff_look_and_accept_again: self.where in AGAIN,
            self.staff_record: self.where in AGREED and later,
            self.it_is_over: self.where in AGREED and len(self.rows) > 2,
            self.worker_takes: under_way,
            self.worker_works: under_way,
            self.worker_sends: any(hand.answer is None for hand in self.hands),
            self.worker_records: any(hand.answer for hand in self.hands),
            self.workers_give_up: CancelState.SENDING in states,
            self.worker_reads: later,
            self.time_passes: True,
        }

    def staff_ask(self, draw: Any) -> None:
        """Staff ask for the cancellation, or say that they ask again."""
        again = draw(st.booleans())
        if not refusal(self.desk.ask, self.reference, again=again):
            self.again += again

    def staff_call_it_back(self, _: Any) -> None:
        """Staff call it back."""
        refusal(self.desk.call_back, self.reference)

    def staff_look_and_accept_again(self, draw: Any) -> None:
        """Staff take the ticket into review again where it is not, accept it, and ask again."""
        if not refusal(self.desk.reopen, self.reference):
            self.said.discard(State.CANCEL_SENT)
        refusal(self.desk.accept, self.reference)
        self.staff_ask(draw)

    def staff_record(self, draw: Any) -> None:
        """Staff record what became of the order, after which it may be looked at again."""
        outcome = draw(st.sampled_from([State.NOT_CANCELED, State.CANCEL_SENT]))
        if not refusal(self.desk.move, self.reference, outcome):
            self.said.add(outcome)

    def it_is_over(self, draw: Any) -> None:
        """The panel shows the order as ended, or staff record that it does."""
        status, outcome = draw(st.sampled_from(list(SHOWN.items())))
        if draw(st.booleans()):
            self.said.add(outcome)
            self.reads(status)
        elif not refusal(self.desk.move, self.reference, outcome):
            self.said.add(outcome)

    def worker_takes(self, _: Any) -> None:
        """A worker takes it; unless it goes on, that is where it died."""
        sending = self.desk.take()
        if sending is not None:
            self.hands.append(Hand(sending))

    def worker_sends(self, draw: Any) -> None:
        """A worker that took it sends it, where that is in time; it may die before it records that."""
        hand = next(hand for hand in self.hands if hand.answer is None)
        sending, last = hand.sending, hand.sending.held_until - ROOM
        panel, calls = self.fails(draw(st.sampled_from(FAULTS))), len(self.shop.calls)
        hand.answer = panel.cancel(sending.order_id, sending.name, lambda: self.desk.at < last)
        assert self.desk.at < last or len(self.shop.calls) == calls

    def worker_records(self, draw: Any) -> None:
        """A worker records what the panel answered, maybe late, and after another."""
        hand = draw(st.sampled_from([hand for hand in self.hands if hand.answer]))
        self.hands.remove(hand)
        self.desk.finish(hand.sending, hand.answer.failure, hand.answer.said)

    def worker_works(self, draw: Any) -> None:
        """Another worker does what is due then at once, from the beginning to the end."""
        self.desk.passes(seconds=draw(st.sampled_from([0, 61])))
        panel = self.fails(draw(st.sampled_from(FAULTS)))
        with self.app.app_context():
            PanelWork(panel, policy(self.app), self.desk.now, Lines()).turn()

    def worker_reads(self, draw: Any) -> None:
        """A worker reads that the order goes on, or is through."""
        self.reads(draw(st.sampled_from(["Pending", "In progress", "Completed"])))

    def time_passes(self, draw: Any) -> None:
        """Time passes."""
        self.desk.passes(seconds=draw(st.sampled_from([15, 31, 61, 600])))

    def workers_give_up(self, _: Any) -> None:
        """A worker gives up what others came to no end with."""
        self.desk.give_up()

    def reads(self, status: str) -> None:
        """Have a worker read the order, of which the panel says this."""
        self.order.status = {"status": status}
        found = ApiV2(self.url, KEY).orders([ORDER])[ORDER]
        with self.app.app_context():
            tickets.record(ORDER, found, PANEL, policy(self.app), self.desk.at)

    def fails(self, fault: str | None) -> ApiV2:
        """Return the panel as it fails so."""
        self.shop.faults = {"cancel": Fault(fault)} if fault in set(Fault) else {}
        self.order.refuses = "Order cannot be canceled" if fault == REFUSES else ""
        url = f"http://127.0.0.1:{free_port()}" if fault == UNREACHABLE else self.url
        return ApiV2(url, KEY, within=SOON if fault == Fault.SLOW else WITHIN)

    @invariant()
    def the_laws_hold(self) -> None:
        """Look once at what is kept, and check each law by it."""
        with self.app.app_context():
            self.rows = {row.name: row.state for row in db.session.scalars(select(Cancellation))}
            self.where = db.session.scalars(select(Ticket.state)).one()
            kinds = db.session.scalars(select(Event.kind).order_by(Event.number.desc())).all()
        self.each_is_sent_once_and_taken_no_more_often_than_staff_said()
        self.what_the_panel_took_is_known_or_unknown(kinds)
        self.the_customer_reads_no_more_than_is_known(kinds)

    def each_is_sent_once_and_taken_no_more_often_than_staff_said(self) -> None:
        """The panel hears of each once, and takes more than one only where staff said that they ask again."""
        names = Counter(call.headers["idempotency-key"] for call in self.shop.calls if call.get("action") == "cancel")
        assert set(names.values()) <= {1}
        assert set(names) <= set(self.rows)
        assert self.order.taken == len(self.shop.took) <= 1 + self.again

    def what_the_panel_took_is_known_or_unknown(self, kinds: Sequence[EventKind]) -> None:
        """What the panel took is never said not to have reached it; and only what it took is said to be taken."""
        assert all(self.rows[name] in MAY_HAVE_REACHED for name in self.shop.took)
        taken = {name for name, state in self.rows.items() if state is CancelState.TAKEN}
        assert taken <= self.shop.took
        assert kinds.count(EventKind.CANCEL_TAKEN) == len(taken)

    def the_customer_reads_no_more_than_is_known(self, kinds: Sequence[EventKind]) -> None:
        """A headline claims only what the panel, or a member of staff, said."""
        words, states = state_words(self.where, kinds), self.rows.values()
        assert self.where not in SHOWN.values() or self.where in self.said
        assert words is not NOT_TAKEN or CancelState.REFUSED in states
        if words is STATE_WORDS[State.CANCEL_SENT]:
            assert CancelState.TAKEN in states or State.CANCEL_SENT in self.said


@pytest.mark.long
def test_no_order_of_events_cancels_twice_or_says_more_than_is_known(on_sqlite: Kind) -> None:
    class Here(Cancelling):
        """A ticket of this portal."""

        def __init__(self) -> None:
            super().__init__(on_sqlite)

    run_state_machine_as_test(Here, settings=SETTINGS)
