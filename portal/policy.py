"""The cancellation policy as rules: facts go in, a decision comes out; and what of a charge may be credited.

Pure: no text for people, no clock, no database. The values of the enums are the
ids used in `content/`, in the database and in addresses. What a fact is stands in
`portal/facts.py`; everyone else imports it from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import MAX_EMAX, MIN_EMIN, ROUND_DOWN, Context, Decimal, Inexact, InvalidOperation, localcontext
from enum import StrEnum

from portal.facts import Circumstance as Circumstance
from portal.facts import Facts as Facts
from portal.facts import Source as Source
from portal.facts import Status as Status
from portal.facts import every_facts as every_facts


class Outcome(StrEnum):
    """What the policy says of the facts. Never a yes."""

    BEST_CHANCE = "best_chance"
    POSSIBLE = "possible"
    DIFFICULT = "difficult"
    UNLIKELY = "unlikely"
    CREDIT_ONLY = "credit_only"
    ALREADY_STOPPED = "already_stopped"
    NORMALLY_OVER = "normally_over"
    NEEDS_REVIEW = "needs_review"


LADDER = (Outcome.UNLIKELY, Outcome.DIFFICULT, Outcome.POSSIBLE, Outcome.BEST_CHANCE)
"""The outcomes that compare, from the worst chance to the best."""


class Side(StrEnum):
    """Whether a clause speaks for a cancellation or against it."""

    FOR = "for"
    AGAINST = "against"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way for a condition to hold: such a status, and each named circumstance as said."""

    statuses: frozenset[Status] = frozenset(Status)
    circumstances: Mapping[Circumstance, bool | None] = field(default_factory=dict)

    def holds(self, facts: Facts) -> bool:
        """Return whether the facts are as this case says."""
        return facts.status in self.statuses and all(facts.value(c) is v for c, v in self.circumstances.items())


When = tuple[Case, ...]
"""A condition: it holds where any of its cases does."""


def holds(when: When, facts: Facts) -> bool:
    """Return whether any case of a condition holds; a condition without cases never does."""
    return any(case.holds(facts) for case in when)


@dataclass(frozen=True, kw_only=True)
class Row:
    """An outcome and the facts that lead to it; the first row that holds counts."""

    outcome: Outcome
    when: When


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One fact of the policy under its id. `always` is cited by every decision."""

    id: str
    when: When = ()
    side: Side | None = None
    always: bool = False

    def applies(self, facts: Facts) -> bool:
        """Return whether a decision on these facts cites the clause."""
        return self.always or holds(self.when, facts)


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to do, or not to do, after one of `outcomes` where `when` holds."""

    id: str
    outcomes: frozenset[Outcome]
    when: When


@dataclass(frozen=True, kw_only=True)
class Edition:
    """Which policy spoke: the hash of its whole content, the owner's version, and that content as JSON."""

    hash: str
    version: str
    content: str


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules of one shop: rows in order, clauses in page order, advice in order of print."""

    edition: Edition
    rows: tuple[Row, ...]
    clauses: tuple[Clause, ...]
    advice: tuple[Advice, ...]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a policy says of facts: the outcome, the ids of the clauses cited with their sides, the ids of advice."""

    outcome: Outcome
    clauses: Mapping[str, Side | None]
    advice: tuple[str, ...]


def decide(facts: Facts, policy: Policy) -> Decision:
    """Return the policy's answer: the first row that holds, and every clause that the facts make true.

    Total over `every_facts()` for a policy that `content` has checked.
    """
    outcome = next(row.outcome for row in policy.rows if holds(row.when, facts))
    return Decision(
        outcome=outcome,
        clauses={clause.id: clause.side for clause in policy.clauses if clause.applies(facts)},
        advice=tuple(a.id for a in policy.advice if outcome in a.outcomes and holds(a.when, facts)),
    )


MINOR_DIGITS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""The digits after the point, by ISO 4217, and the currencies that have so many; all others have two."""

ZERO = Decimal(0)


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency, such as 0.01."""
    digits = next((number for number, codes in MINOR_DIGITS.items() if currency.upper() in codes.split()), 2)
    return Decimal((0, (1,), -digits))


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What to credit, `None` where it cannot be computed: `missing` names charge, quantity, remains, currency."""

    amount: Decimal | None
    missing: tuple[str, ...] = ()


def credit(
    *, charge: Decimal | None, quantity: int | None, remains: int | None, currency: str | None, credited: Decimal = ZERO
) -> Credit:
    """Return charge × remains ÷ quantity, less what was `credited`: exact, and never below zero.

    Rounded down (`ROUND_DOWN`), once and at the end, to the currency's smallest unit. `remains` counts from 0 to the
    quantity. A quantity below 1 is missing, and so is a charge that is negative, no number, or beyond all measure.
    """
    charge = charge if charge is not None and _payable(charge) else None
    quantity = quantity if quantity is not None and quantity > 0 else None
    if charge is None or quantity is None or remains is None or not currency:
        given = {"charge": charge, "quantity": quantity, "remains": remains, "currency": currency or None}
        return Credit(amount=None, missing=tuple(name for name, value in given.items() if value is None))
    unit = smallest_unit(currency)
    with localcontext(_exact(charge, credited, quantity)):
        left = charge * max(0, min(remains, quantity)) - max(ZERO, credited) * quantity
        return Credit(amount=max(ZERO, left) // (unit * quantity) * unit)


def _payable(charge: Decimal) -> bool:
    return charge.is_finite() and charge >= 0 and abs(charge.adjusted()) < 100


def _exact(charge: Decimal, credited: Decimal, quantity: int) -> Context:
    """Return a context wide enough for their products: what it could not hold whole would raise."""
    figures = sum(len(amount.as_tuple().digits) + abs(amount.adjusted()) for amount in (charge, credited))
    wide = figures + 2 * quantity.bit_length() + 8
    return Context(prec=wide, rounding=ROUND_DOWN, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact, InvalidOperation])


class State(StrEnum):
    """Where a ticket is."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    WAITING_FOR_CUSTOMER = "waiting_for_customer"
    ACCEPTED = "accepted"
    CANCEL_SENT = "cancel_sent"
    CANCELED = "canceled"
    PARTLY_CANCELED = "partly_canceled"
    NOT_CANCELED = "not_canceled"
    CREDITED = "credited"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = (State.RECEIVED, State.IN_REVIEW, State.WAITING_FOR_CUSTOMER, State.ACCEPTED, State.CANCEL_SENT)
"""The states in which something is still to be done; all others are ended."""

WAITS_FOR_STAFF = (State.RECEIVED, State.IN_REVIEW)
"""The states in which a ticket waits for an answer of staff."""


class Verdict(StrEnum):
    """What a member of staff answers."""

    ACCEPT_FULL = "accept_full"
    ACCEPT_PART = "accept_part"
    DECLINE = "decline"
    ASK = "ask"


ANSWERED: Mapping[Verdict, State] = {
    Verdict.ACCEPT_FULL: State.ACCEPTED,
    Verdict.ACCEPT_PART: State.ACCEPTED,
    Verdict.DECLINE: State.DECLINED,
    Verdict.ASK: State.WAITING_FOR_CUSTOMER,
}
"""The state that each verdict leads to."""

BY_STAFF: Mapping[State, tuple[State, ...]] = {
    State.RECEIVED: (State.IN_REVIEW,),
    State.IN_REVIEW: (State.RECEIVED, State.WAITING_FOR_CUSTOMER, State.ACCEPTED, State.DECLINED),
    State.WAITING_FOR_CUSTOMER: (State.IN_REVIEW,),
    State.ACCEPTED: (State.CANCEL_SENT, State.CANCELED, State.PARTLY_CANCELED, State.NOT_CANCELED),
    State.CANCEL_SENT: (State.CANCELED, State.PARTLY_CANCELED, State.NOT_CANCELED, State.IN_REVIEW),
    State.CANCELED: (State.CREDITED,),
    State.PARTLY_CANCELED: (State.CREDITED,),
    State.NOT_CANCELED: (State.IN_REVIEW,),
    State.DECLINED: (State.IN_REVIEW,),
}
BY_CUSTOMER: Mapping[State, tuple[State, ...]] = {
    State.RECEIVED: (State.WITHDRAWN,),
    State.IN_REVIEW: (State.WITHDRAWN,),
    State.WAITING_FOR_CUSTOMER: (State.IN_REVIEW, State.WITHDRAWN),
}
"""The states' table, by who moves the ticket: what is not in it is refused."""
