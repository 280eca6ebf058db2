"""What `make demo` fills an empty database with: some forty tickets of every kind."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image, ImageDraw
from sqlalchemy import exists, select

from portal import evidence, staff_access, tickets
from portal.extensions import db
from portal.filing import Filing, Problem
from portal.keys import Keyring, digest, random_token
from portal.models import Staff, Ticket
from portal.policy import Facts, Policy, State, Status, Verdict

PASSWORD = "demo demo demo"
STAFF = (
    ("olena@example.com", "Олена", "uk"),
    ("taras@example.com", "Тарас", "uk"),
    ("maria@example.com", "Maria", "en"),
)
SERVICES = (
    "Instagram – підписники, повільно",
    "Instagram followers [refill 30 days]",
    "TikTok – перегляди",
    "TikTok likes, HQ",
    "YouTube views, 500 a day",
    "YouTube – вподобання",
    "Telegram – учасники каналу",
    "Telegram post views",
)
REASONS = {
    Problem.WRONG_LINK: ("Вставив посилання на інший обліковий запис.", "I pasted the link of another account."),
    Problem.WRONG_SERVICE: ("Хотіла вподобання, а замовила підписників.", "I wanted likes but ordered followers."),
    Problem.WRONG_QUANTITY: ("Додав зайвий нуль: мало бути 500.", "One zero too many: it should have been 500."),
    Problem.ORDERED_TWICE: ("Сторінка зависла, і я натиснула двічі.", "The page froze and I pressed twice."),
    Problem.NO_LONGER_NEEDED: (
        "Обліковий запис закрили, більше не треба.",
        "The account was closed, no need any more.",
    ),
    Problem.SERVICE_PROBLEM: ("Третій день стоїть на місці.", "It has not moved for three days."),
    Problem.OTHER: ("Хочу змінити дату початку, якщо це можливо.", "I would like to begin later, if that is possible."),
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where the demonstration plays: its policy, its keys, the present moment, a source of chance."""

    policy: Policy
    keys: Keyring
    at: datetime
    chance: random.Random


def fill(policy: Policy, keys: Keyring, at: datetime) -> int:
    """Fill an empty database and return how many tickets it has now; leave one with tickets or staff alone (0)."""
    if staff_access.any_staff() or db.session.scalar(select(exists().where(Ticket.id.is_not(None)))):
        return 0
    scene = Scene(policy=policy, keys=keys, at=at, chance=random.Random(7))
    colleagues = list(_colleagues(at))
    ways = [*WAYS] * 3
    for number, way in enumerate(ways):
        ticket = _filed(scene, number, scene.at - timedelta(hours=2 + 5 * (len(ways) - number)))
        way(ticket, colleagues[number % len(colleagues)], scene)
    return len(ways)


def _colleagues(at: datetime) -> Iterator[Staff]:
    for email, name, language in STAFF:
        yield staff_access.use_link(staff_access.add(email, name, language, at), PASSWORD, at)


def _filed(scene: Scene, number: int, at: datetime) -> Ticket:
    chance = scene.chance
    problem = chance.choice(list(Problem))
    language = number % 2
    filing = Filing(
        order_id=str(1048576 + number * 37 - (37 if number % 9 == 8 else 0)),
        service_name=chance.choice(SERVICES),
        link=chance.choice(("https://instagram.com/example.shop", "t.me/example_channel", "@example.shop")),
        status=chance.choice(list(Status)),
        problem=problem,
        link_changed=chance.choice((True, False, False, None)),
        duplicate_order=chance.choice((True, False, False, None)),
        reason=REASONS[problem][language],
        reference=chance.choice(("", "", f"#{40000 + number}")),
        email=f"customer{number}@example.com" if number % 2 else "",
    )
    browser = digest(f"demo {number}")
    pictures = (
        [p.id for p in evidence.store([evidence.redraw(_screenshot(filing))], browser, at)] if number % 3 == 0 else []
    )
    filer = tickets.Filer(browser=browser, language=("uk", "en")[language])
    submission = digest(random_token())
    return tickets.file(
        filing,
        filer,
        pictures=pictures,
        this=tickets.Try(submission=submission),
        policy=scene.policy,
        keys=scene.keys,
        at=at,
    )


def _screenshot(filing: Filing) -> bytes:
    image = Image.new("RGB", (720, 320), "#f5f7f9")
    draw = ImageDraw.Draw(image)
    for row, text in enumerate(
        (f"Order {filing.order_id}", f"Status: {filing.status}", "Quantity: 1000", "Remains: 640")
    ):
        draw.text((40, 40 + 56 * row), text, fill="#1a2129", font_size=28)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


Way = Callable[[Ticket, Staff, Scene], None]


def _waits(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    """Leave it as it was filed."""


def _taken(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    tickets.take(ticket.reference, staff, ticket.version, _later(ticket, 1))


def _looked_up(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    _taken(ticket, staff, scene)
    seen = Facts(status=Status.IN_PROGRESS, sent_to_provider=True, provider_allows=True, link_changed=False)
    tickets.record_facts(ticket.reference, staff, seen, scene.policy, ticket.version, _later(ticket, 2))
    tickets.add_note(ticket.reference, staff, "Питаю постачальника.", ticket.version, _later(ticket, 3))


def _answered_back(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    _asked(ticket, staff, scene)
    text = "Ось номер платежу: 40812." if ticket.language == "uk" else "The payment has the number 40812."
    at, submission = _later(ticket, 3), digest(f"answer {ticket.reference}")
    tickets.write_to_staff(ticket.reference, text, pictures=(), browser="", submission=submission, at=at)


def _answered(verdict: Verdict, clause: str, text: str) -> Way:
    def answer(ticket: Ticket, staff: Staff, scene: Scene) -> None:
        given = tickets.Answer(verdict=verdict, clause=clause, text=text, matched_by="The account’s e-mail.")
        tickets.answer(ticket.reference, staff, given, scene.policy, ticket.version, _later(ticket, 2))

    return answer


_QUESTION = {
    "uk": "Надішліть, будь ласка, знімок екрана із замовленням.",
    "en": "Please send a screenshot of the order.",
}


def _asked(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    _answered(Verdict.ASK, "", _QUESTION[ticket.language])(ticket, staff, scene)


_accepted = _answered(Verdict.ACCEPT_FULL, "", "We ask the provider to stop it.")
_accepted_in_part = _answered(Verdict.ACCEPT_PART, "", "We ask the provider to stop what was not delivered.")


def _then(accept: Way, *states: State) -> Way:
    def move(ticket: Ticket, staff: Staff, scene: Scene) -> None:
        accept(ticket, staff, scene)
        for hours, state in enumerate(states, 3):
            tickets.move(ticket.reference, staff, state, "", ticket.version, _later(ticket, hours))

    return move


def _withdrawn(ticket: Ticket, staff: Staff, scene: Scene) -> None:
    tickets.withdraw(ticket.reference, ticket.version, _later(ticket, 1))


def _later(ticket: Ticket, hours: int) -> datetime:
    return ticket.filed_at + timedelta(hours=hours / 2)


WAYS: tuple[Way, ...] = (
    _waits,
    _waits,
    _taken,
    _looked_up,
    _asked,
    _answered_back,
    _answered(Verdict.DECLINE, "unlikely-in-progress", "Delivery has begun, and the provider does not stop it."),
    _accepted,
    _then(_accepted, State.CANCEL_SENT),
    _then(_accepted, State.CANCEL_SENT, State.NOT_CANCELED),
    _then(_accepted, State.CANCELED),
    _then(_accepted_in_part, State.CANCEL_SENT, State.PARTLY_CANCELED),
    _then(_accepted_in_part, State.PARTLY_CANCELED, State.CREDITED),
    _withdrawn,
)
