"""What was not sent, and the ways that notices go, in words for staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal import outbox
from portal.clock import now
from portal.concerns import Carrier
from portal.forms.labels import CARRIERS, FAULTS, NOTICE_STATES, NOTICES, PANEL_FAULTS
from portal.i18n import age, gettext, ngettext, number
from portal.outbox import Fault
from portal.readings import Failure
from portal.views.here import portal, reads_panel

ASLEEP = timedelta(minutes=5)
"""How long a worker was not seen until staff are told."""
MOST_COUNTED = 1000


@dataclass(frozen=True, kw_only=True)
class Row:
    """A notice that was not sent."""

    id: int
    what: str
    to: str
    reference: str | None
    order_id: str | None
    state: str
    why: str
    tries: int
    made_at: datetime
    next_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What staff see on their list: what was not sent ("" where nothing failed), the rest, and whether all is well."""

    unsent: str
    rest: str
    well: bool


def unsent_rows(notices: Sequence[Any]) -> list[Row]:
    """Return notices that were not sent, in words."""
    shown = {check.name: check.shown for check in outbox.checks()} if notices else {}
    return [_row(notice, shown) for notice in notices]


def _row(notice: Any, shown: Mapping[str, str]) -> Row:
    ticket, recipient = notice.ticket, shown.get(notice.recipient, notice.recipient)
    why = f"{FAULTS[Fault(notice.fault)]} {notice.detail}" if notice.fault else ""
    return Row(
        id=notice.id,
        what=str(NOTICES[notice.kind]),
        to=f"{CARRIERS[notice.carrier]} {recipient}".strip(),
        reference=ticket.reference if ticket else None,
        order_id=ticket.order_id if ticket else None,
        state=str(NOTICE_STATES[notice.state]),
        why=why.strip(),
        tries=notice.tries,
        made_at=notice.made_at,
        next_at=notice.next_at,
    )


def at_a_glance() -> Glance:
    """Return what staff see on their list of notices, of the panel, and of the ways that do not work."""
    found, count = found_of_ways(), outbox.unsent_count(MOST_COUNTED + 1)
    ways = list(ways_in_words(found))
    sent = gettext("Everything was sent.") if not (count or ways) else ""  # while a way does not work, who knows
    words = (sent, _panel_words(found.get(outbox.PANEL)), *ways)
    return Glance(unsent=_unsent_words(count) if count else "", rest=" ".join(filter(None, words)), well=bool(sent))


def found_of_ways() -> dict[str, Any]:
    """Return what workers found last, by name."""
    return {check.name: check for check in outbox.checks()}


def _unsent_words(count: int) -> str:
    if count > MOST_COUNTED:
        return gettext("More than %(count)s notices were not sent.", count=number(MOST_COUNTED))
    return ngettext("%(num)d notice was not sent.", "%(num)d notices were not sent.", count)


def _panel_words(panel: Any) -> str:
    """Return when the panel last answered as it should, where it is read at all."""
    if not reads_panel():
        return ""
    if panel is None or panel.at == outbox.NEVER:
        return gettext("The panel has not answered yet.")
    if now() - panel.at < timedelta(minutes=1):
        return gettext("The panel last answered less than a minute ago.")
    return gettext("The panel last answered %(when)s.", when=age(panel.at, now()))


def _works(worker: Any) -> bool:
    return worker is not None and worker.at >= now() - ASLEEP


def ways_in_words(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what staff should know of the ways that notices go; nothing where all work."""
    checks = dict(found)
    worker, panel = checks.pop(outbox.WORKER, None), checks.pop(outbox.PANEL, None)
    if not _works(worker):
        yield gettext("No worker runs: mails, messages and the panel wait until one does.")
    if panel and panel.fault and reads_panel():
        why = f"{PANEL_FAULTS[Failure(panel.fault)]} {panel.detail}".strip()
        yield gettext(
            "The panel (%(panel)s) does not answer as it should: %(why)s You can say for yourself what it shows.",
            panel=panel.shown,
            why=why,
        )
    if not portal().settings.smtp_url:
        folder = portal().settings.mail_folder
        yield gettext("Mails are not sent: no mail server is set. They lie in %(folder)s.", folder=folder)
    for check in checks.values():
        if check.fault and check.fault != Fault.NOT_SET:
            why = f"{FAULTS[Fault(check.fault)]} {check.detail}".strip()
            way = gettext("Mail") if check.name == Carrier.MAIL else check.shown
            yield gettext("“%(way)s” does not work: %(why)s", way=way, why=why)
