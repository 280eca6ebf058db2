"""What customers write in a filled database: words of two languages, some far more often than others."""

from __future__ import annotations

from itertools import accumulate
from random import Random

from portal.demo.filled import SERVICES


def _words(*lines: str) -> list[str]:
    return " ".join(lines).split()


UKRAINIAN = _words(
    "я замовлення не прошу скасувати будь ласка вставив посилання на інший обліковий запис помилково дуже довго",
    "стоїть третій день підписники вподобання перегляди канал видалив допис змінила назву сторінку закрили гроші",
    "повернути баланс оплатила двічі натиснула кнопку зависла кількість зайвий нуль мало бути п'ятсот сервіс",
    "повільно швидко почалося ще ні жодного якщо можна терміново дякую чекаю відповіді знімок екрана додаю платіж",
    "номер учора сьогодні вранці ввечері клієнт відмовився більше не треба інша мова країна якість списання",
)
ENGLISH = _words(
    "i the order please cancel pasted wrong link of another account by mistake it has not moved for three days",
    "followers likes views channel deleted post renamed page closed money back balance paid twice pressed button",
    "froze quantity one zero too many should have been five hundred service slow fast started yet none if possible",
    "urgent thanks waiting answer screenshot attached payment number yesterday today morning evening client refused",
    "no need any more other country quality charge private profile provider stopped refill guarantee speed drop",
)
OFTEN = {n: list(accumulate(1 / place for place in range(1, n + 1))) for n in map(len, (UKRAINIAN, ENGLISH))}
"""How often each word comes, as in any language: the second half as often as the first, and so on."""
LINKS = ("https://instagram.com/{}", "https://www.tiktok.com/@{}", "https://youtu.be/{}", "t.me/{}", "@{}")
COMMON = "instagram"
"""A word that about a third of all tickets hold."""


def reason(chance: Random, language: str) -> str:
    """Return why somebody asks, in so many words as people write."""
    words = UKRAINIAN if language == "uk" else ENGLISH
    return " ".join(chance.choices(words, cum_weights=OFTEN[len(words)], k=chance.randint(8, 28))).capitalize() + "."


def service(chance: Random) -> str:
    """Return the name of a service."""
    return chance.choice(SERVICES)


def link(chance: Random, number: int) -> str:
    """Return a link to something of this customer's."""
    return chance.choice(LINKS).format(f"shop.{number:x}")
