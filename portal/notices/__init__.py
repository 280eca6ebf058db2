"""Notices: put into words, and carried to whom they are for. `outbox` keeps them until then."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from portal import outbox, tickets, webhooks
from portal.concerns import Carrier, NoticeKind
from portal.extensions import db
from portal.i18n import first, gettext, speaking
from portal.keys import Keyring, random_token
from portal.models import Event, Ticket
from portal.notices.calls import body, call
from portal.notices.channels import Channel, channels
from portal.notices.mail import BadAddress, letter
from portal.notices.post import Folder, Post, Server
from portal.notices.told import a_test, to_customer, to_staff
from portal.outbox import Fault, Held, Part, Result
from portal.settings import Settings

__all__ = ["Tried", "Ways", "ways"]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What was found of one way: its id, what staff see of it, and whether it works."""

    id: str
    shown: str
    result: Result


@dataclass(frozen=True, kw_only=True)
class Ways:
    """All ways by which notices go."""

    settings: Settings
    keys: Keyring
    post: Post
    channels: tuple[Channel, ...]

    def tried(self, besides: Collection[str] = ()) -> Iterator[Tried]:
        """Try each way: sign in to the mail server, send a line to each channel whose id is not `besides`."""
        yield Tried(id=Carrier.MAIL, shown=Carrier.MAIL, result=self.post.check())
        with speaking(first()):
            line = gettext("The help portal tells staff of requests here.")
        for channel in self.channels:
            if channel.id not in besides:
                result = channel.send(self.settings.shop_name, line)
                yield Tried(id=channel.id, shown=channel.shown, result=result)

    def try_mail(self, to: str, at: datetime) -> Result:
        """Send a mail that says that mails arrive; return what became of it."""
        try:
            return self.post.send(letter(a_test(), to, f"test.{random_token()}", at, self.settings))
        except BadAddress as fault:
            return Result(fault=Fault.BAD_ADDRESS, detail=str(fault), for_good=True)

    def carry(self, notice: Held, at: datetime) -> Result | None:
        """Carry a notice to whom it is for; return what became of it, `None` where it was spread over the channels."""
        if notice.ticket_id is None:
            asked_for = tickets.of_order_and_email(notice.data["order_id"], notice.recipient)
            links = [Part(name=t.reference, recipient=str(t.email), ticket_id=t.id) for t in asked_for]
            outbox.spread(notice, links, at)
            return None
        ticket = db.session.get_one(Ticket, notice.ticket_id)
        event = db.session.get(Event, notice.event_id) if notice.event_id else None
        if notice.carrier is Carrier.MAIL:
            return self._mail(notice, ticket, event)
        if notice.carrier is Carrier.WEBHOOK and event is not None:
            return self._call(notice, ticket, event, at)
        if not notice.recipient:
            every = [Part(name=channel.id, recipient=channel.id, ticket_id=ticket.id) for channel in self.channels]
            outbox.spread(notice, every, at)
            return None
        return self._say(notice, ticket)

    def _mail(self, notice: Held, ticket: Ticket, event: Event | None) -> Result:
        """Send a mail to where the customer wants it now."""
        if not ticket.email or (event is not None and ticket.mails_off_at is not None):
            return Result(dropped=True)
        tickets.working_link(ticket, self.keys)  # where its key is gone, it gets another
        told = to_customer(notice.kind, ticket, event)
        try:
            mail = letter(told, ticket.email, notice.name, notice.made_at, self.settings)
        except BadAddress:
            return Result(fault=Fault.BAD_ADDRESS, for_good=True)
        db.session.rollback()  # no transaction is open while it is sent
        return self.post.send(mail)

    def _say(self, notice: Held, ticket: Ticket) -> Result:
        channel = next((channel for channel in self.channels if channel.id == notice.recipient), None)
        if channel is None:
            return Result(fault=Fault.NOT_SET, dropped=True)
        if notice.kind is NoticeKind.OVERDUE and ticket.waits_since is None:
            return Result(dropped=True)  # it was answered meanwhile
        title, text = to_staff(notice.kind, ticket)
        db.session.rollback()
        return channel.send(title, text)

    def _call(self, notice: Held, ticket: Ticket, event: Event, at: datetime) -> Result:
        webhook = webhooks.working(int(notice.recipient))
        if webhook is None:
            return Result(fault=Fault.NOT_SET, dropped=True)
        try:
            secret = webhooks.secret(webhook, self.keys)
        except KeyError:
            return Result(fault=Fault.NOT_SET, for_good=True)
        url, said = webhook.url, body(event, ticket, outbox.state_before(event))
        db.session.rollback()
        result = call(url, secret, notice.name, said, at)
        if result.dropped:
            webhooks.withdraw(int(notice.recipient), at)
        return result


def ways(settings: Settings, keys: Keyring) -> Ways:
    """Return the ways that the settings name: where no mail server is set, mails lie in a folder."""
    post: Post = Server(settings.smtp_url) if settings.smtp_url else Folder(settings.mail_folder)
    return Ways(settings=settings, keys=keys, post=post, channels=channels(settings.staff_channels))
