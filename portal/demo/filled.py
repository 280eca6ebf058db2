"""What `make demo` fills an empty database with: some forty tickets of every kind."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import exists, select

from portal import evidence, staff_access, tickets
from portal.demo.ways import WAYS, Scene
from portal.events import Way
from portal.extensions import db
from portal.filing import Filing, Problem, Told
from portal.keys import Keyring, digest, random_token
from portal.models import Staff, Ticket
from portal.policy import Policy, Status

TICKETS = 3 * len(WAYS)
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


def fill(policy: Policy, keys: Keyring, at: datetime) -> int:
    """Fill an empty database and return how many tickets it has now; leave one with tickets or staff alone (0)."""
    if staff_access.any_staff() or db.session.scalar(select(exists().where(Ticket.id.is_not(None)))):
        return 0
    scene = Scene(policy=policy, keys=keys, at=at, chance=random.Random(7))
    colleagues = list(_colleagues(at))
    for number in range(TICKETS):
        ticket = _filed(scene, number, scene.at - timedelta(hours=2 + 5 * (TICKETS - number)))
        WAYS[number % len(WAYS)](ticket, colleagues[number % len(colleagues)], scene)
    return TICKETS


def order_id(number: int) -> str:
    """Return the ID of the order that a ticket of the demonstration is about; some have two tickets."""
    return str(1048576 + number * 37 - (37 if number % 9 == 8 else 0))


def _colleagues(at: datetime) -> Iterator[Staff]:
    for email, name, language in STAFF:
        yield staff_access.use_link(staff_access.add(email, name, language, at), PASSWORD, at)


def _filed(scene: Scene, number: int, at: datetime) -> Ticket:
    chance = scene.chance
    problem = chance.choice(list(Problem))
    language = number % 2
    filing = Filing(
        order_id=order_id(number),
        service_name=chance.choice(SERVICES),
        link=chance.choice(("https://instagram.com/example.shop", "t.me/example_channel", "@example.shop")),
        status=chance.choice(list(Status)),
        problem=problem,
        link_changed=chance.choice((True, False, False, None)),
        duplicate_order=chance.choice((True, False, False, None)),
        reason=REASONS[problem][language],
        reference=chance.choice(("", "", f"#{40000 + number}")),
        email=f"customer{number}@example.com" if number % 2 else "",
        told=_told(number, at) if number % 3 == 2 else None,
    )
    browser = digest(f"demo {number}")
    pictures = (
        [p.id for p in evidence.store([evidence.redraw(_screenshot(filing))], browser, at)] if number % 3 == 0 else []
    )
    proven_as = digest(f"customer {number}") if filing.told else None
    filer = tickets.Filer(browser=browser, language=("uk", "en")[language], proven_as=proven_as)
    submission = digest(random_token())
    filed = tickets.file(
        filing,
        filer,
        pictures=pictures,
        this=tickets.Try(submission=submission, way=Way.HANDOVER if filing.told else Way.FORM),
        policy=scene.policy,
        keys=scene.keys,
        at=at,
    )
    return db.session.scalars(select(Ticket).where(Ticket.reference == filed.reference)).one()


def _told(number: int, at: datetime) -> Told:
    """Return what the main site tells of an order."""
    paid: dict[str, Any] = {"quantity": 1000, "charge": Decimal("0.90000"), "currency": "USD"}
    return Told(at=at, order_id=order_id(number), service_name=SERVICES[number % len(SERVICES)], **paid)


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
