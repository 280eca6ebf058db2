"""What was filed and what the policy said of it, put into words for the pages of customers and staff."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.content import Answer, Words
from portal.events import Way
from portal.filing import Filing, Told
from portal.forms.fields import Known
from portal.forms.labels import KNOWN, PROBLEMS
from portal.i18n import gettext, language, money, number
from portal.policy import Circumstance, Facts, Source
from portal.text import masked
from portal.views.here import portal


@dataclass(frozen=True, kw_only=True)
class Line:
    """A labelled line; `href` where it is a link, `mono` where it is a code."""

    label: str
    text: str
    href: str | None = None
    mono: bool = False


@dataclass(frozen=True, kw_only=True)
class Said:
    """A filing or a reading of facts, and the answer of the policy of that day; what the main site `told` apart."""

    at: datetime
    again: bool
    passed_on: bool
    told: tuple[Line, ...]
    told_at: datetime | None
    lines: tuple[Line, ...]
    pictures: tuple[str, ...]
    answer: Answer
    version: str
    before: dict[str, str]


def said(event: Any, address: Callable[[int], str] = str, before: Facts | None = None, *, whose: bool = False) -> Said:
    """Return an event that states facts, in words, with what was stated `before` by the label of its line.

    `address` gives the address of a picture by its id; `whose` order it is, is for staff.
    """
    spoken = words_of(event)
    told = event.filing.told if event.filing else None
    lines = filing_lines(event.filing, spoken, whose=whose) if event.filing else fact_lines(event.facts, spoken)
    return Said(
        at=event.at,
        again=event.number > 1,
        passed_on=event.way is Way.API,
        told=tuple(told_lines(told, spoken, whose=whose)) if told else (),
        told_at=told.at if told else None,
        lines=tuple(lines),
        pictures=tuple(address(picture.id) for picture in event.pictures),
        answer=spoken.answer(event.decision),
        version=spoken.policy.version,
        before={line.label: line.text for line in fact_lines(before, spoken)} if before else {},
    )


def words_of(event: Any) -> Words:
    """Return the words of the policy that spoke in an event, in the language of this request where it had it."""
    return portal().words_at(event, language())


def filing_lines(filing: Filing, words: Words, *, whose: bool) -> Iterable[Line]:
    """Yield what the customer said, a line a field of the form; without what the main site told.

    `whose` it is, is for staff: others see an address masked.
    """
    email = filing.email if whose or not filing.email else masked(filing.email)
    lines = {
        "order_id": Line(label=gettext("Order ID"), text=filing.order_id, mono=True),
        "service_name": Line(label=gettext("Service name"), text=filing.service_name),
        "link": _link_line(filing.link),
        "status": Line(label=gettext("Order status"), text=words.status(filing.status).full),
        "problem": Line(label=gettext("What went wrong"), text=str(PROBLEMS[filing.problem])),
        "link_changed": Line(label=gettext("Link changed after ordering"), text=_known(filing.link_changed)),
        "duplicate_order": Line(label=gettext("Same link ordered elsewhere"), text=_known(filing.duplicate_order)),
        "reason": Line(label=gettext("Reason"), text=filing.reason),
        "reference": Line(label=gettext("Reference"), text=filing.reference),
        "email": Line(label=gettext("E-mail"), text=email),
    }
    yield from (line for name, line in lines.items() if line.text and filing.source(name) is Source.CUSTOMER)


def told_lines(told: Told, words: Words, *, whose: bool) -> Iterable[Line]:
    """Yield what the main site told of an order, and `whose` it is."""
    given = (
        Line(label=gettext("Order ID"), text=told.order_id, mono=True),
        Line(label=gettext("Service ID"), text=told.service_id or "", mono=True),
        Line(label=gettext("Service name"), text=told.service_name or ""),
        _link_line(told.link or ""),
        Line(label=gettext("Quantity"), text="" if told.quantity is None else number(told.quantity)),
        Line(label=gettext("Charge"), text="" if told.charge is None else money(told.charge, told.currency)),
        Line(label=gettext("Order status"), text=words.status(told.status).full if told.status else ""),
        *(
            Line(label=words.circumstance(c), text=_known(getattr(told, c.value)))
            for c in (Circumstance.SENT_TO_PROVIDER, Circumstance.PROVIDER_ALLOWS)
            if getattr(told, c.value) is not None
        ),
        Line(label=gettext("Account on the panel"), text=(whose and told.customer_id) or "", mono=True),
        Line(label=gettext("E-mail"), text=(whose and told.email) or ""),
    )
    yield from (line for line in given if line.text)


def amount_words(name: str, value: Any) -> str:
    """Return an amount of an order, by its name, as people write it; a value may be the text that is stored of it."""
    if name == "currency":
        return str(value)
    return money(Decimal(value)) if name == "charge" else number(int(value))


def _link_line(link: str) -> Line:
    href = link if link.lower().startswith(("http://", "https://")) else None
    return Line(label=gettext("Submitted link"), text=link, href=href)


def fact_lines(facts: Facts, words: Words) -> Iterable[Line]:
    """Yield the status and each circumstance."""
    status = words.status(facts.status)
    yield Line(label=gettext("Order status"), text=status.full)
    yield from (Line(label=words.circumstance(c), text=_known(facts.value(c))) for c in Circumstance)


def _known(value: bool | None) -> str:
    return str(KNOWN[Known.of(value)])
