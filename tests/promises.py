"""Finds phrases that promise an outcome, in English and in Ukrainian.

A phrase is a promise where it says what will come, or that something is sure,
unless it is negated ("is not guaranteed"), hedged ("will usually be") or asked
("whether we will"). A negation counts only where it belongs to the phrase itself:
"do not worry, we will refund" still promises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MARKUP = re.compile(r"<[^>]*>|%\(\w+\)[sd]|[*_]")
NOT_ONLY = re.compile(r"\b(?:not (?:only|just)|не (?:лише|тільки))\b", re.IGNORECASE)


@dataclass(frozen=True)
class Tongue:
    """What a language promises with, and what takes the promise out of a phrase."""

    future: re.Pattern[str]
    certain: re.Pattern[str]
    hedge: re.Pattern[str]
    negation: re.Pattern[str]
    nobody: re.Pattern[str]
    asked: re.Pattern[str]
    nothing: re.Pattern[str]


def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE | re.VERBOSE)


_VERB = r"""(?: cancel(?:l?ed|l?ing)?\b | refund(?:ed)?\b | reimburs\w* | compensat\w* | credit(?:ed)?\b
    | stop(?:ped)?\b | repay | (?:re)?paid | pay\b | add(?:ed)?\ back | (?:give|given)\ back | returned\b
    | return\ (?:(?:the|your|all)\ )?(?:money|amount|payment|funds) )"""
_BETWEEN = r"(?:(?!(?:the|an?|your|our|its|this|that|to|whether|if|of|which)\ )[\w’'-]+\ )"
_ADVERB = r"(?:(?:\w+ly|always|then|also|do|just)\ )"
_WORD = r"(?:[\w’'-]+\ )"

ENGLISH = Tongue(
    future=_pattern(rf"""
        \b(?: will | shall | \w+['’]ll | (?:is|are|am|\w+['’](?:re|m|s))\ going\ to )\ {_BETWEEN}{{0,4}}? {_VERB}
        | \bwe\ {_ADVERB}{{0,2}} (?: cancel | refund | credit | reimburse | compensate )\b
        | \b(?: will | shall | \w+['’]ll )\ {_BETWEEN}{{0,2}}? (?: get | receive | have )\b
            [^.,;:]* \b(?: money | refund | payment )\b"""),
    certain=_pattern(r"""
        \b(?: guarant\w* | definitely | certainly | surely | undoubtedly | for\ sure | rest\ assured | without\ fail
        | promis\w* | no\ doubt )\b | \b100\ ?%"""),
    hedge=_pattern(r"\b(?: usually | normally | probably | perhaps | maybe | possibly )\b"),
    negation=_pattern(r"\b(?: not | never | cannot | without | no | nor | \w+n['’]t )\b"),
    nobody=_pattern(r"^\W*(?: no | nothing | none | nobody | neither )\b"),
    asked=_pattern(r"\b(?: if | whether | unless | until )\ (?:[\w’'-]+\ ){0,2}$"),
    nothing=_pattern(r"^\ (?: nothing | no )\b"),
)

_FUTURE_UK = r"""(?: скасу(?:ємо|ють|є|ю) | поверн(?:емо|уть|е|у) | відшкоду(?:ємо|ють|є) | зараху(?:ємо|ють|є)
    | компенсу(?:ємо|ють|є) | зупин(?:имо|ять|ить) | випла(?:тимо|тять|тить) | віддамо
    | (?:скасовува|поверта|зарахову|зупиня|відшкодовува)\w*ти(?:мемо|муть|ме) )\b"""
_BETWEEN_UK = r"(?:(?!(?:про|на|для|щодо|з|із|після|до)\ )[\w’'-]+\ )"
_DONE_UK = r"(?: скасов | скасую | поверн | поверт | зарахов | зупин | відшкодов | компенс | виплач | виплат )"

UKRAINIAN = Tongue(
    future=_pattern(rf"""
        \b{_FUTURE_UK} (?!\ (?:вас|до\ (?:сторінки|форми|списку)) )
        | \b(?: буде | будуть | будемо )\ {_BETWEEN_UK}{{0,3}}? {_DONE_UK} | \b{_DONE_UK}\w*\ (?: буде | будуть )\b
        | \b(?: скасовуємо | повертаємо | зараховуємо | відшкодовуємо | компенсуємо )\b
        | \bотримаєте\ {_WORD}{{0,3}}? (?: гроші | кошти | суму | повернення )"""),
    certain=_pattern(r"""
        \b(?: гарант\w* | обіця\w* | запевня\w* | точно | обов[’']язково | неодмінно | безумовно | безперечно | напевне
        | певна\ річ | без\ сумніву | стовідсотков\w* ) | \b100\ ?%"""),
    hedge=_pattern(r"\b(?: зазвичай | можливо | як\ правило | ймовірно | здебільшого | мабуть )\b"),
    negation=_pattern(r"\b(?: не | ні | ніколи | без | немає | нема | жодн\w* )\b"),
    nobody=_pattern(r"^\W*(?: ніхто | ніщо | ніколи | жодн\w* | нічого )\b"),
    asked=_pattern(r"\b(?: якщо | чи | поки | доки | коли | щоб | перш\ ніж )\ (?:[\w’'-]+\ ){0,3}$"),
    nothing=_pattern(r"^\ (?:[\w’'-]+\ ){0,2}(?: немає | нема )\b"),
)


def promises(text: str) -> list[str]:
    """Return every phrase of a text that promises something, in the order of the text."""
    plain = re.sub(r"[^\S\n]+", " ", NOT_ONLY.sub("", MARKUP.sub("", text)))
    found = []
    for sentence in re.split(r"(?<=[.!?…])\s+|\n+", plain):
        found += [*_found(sentence, ENGLISH), *_found(sentence, UKRAINIAN)]
    return found


def _found(sentence: str, tongue: Tongue) -> Iterator[str]:
    for match in tongue.future.finditer(sentence):
        if not (_negated(sentence, match, tongue) or _hedged(sentence, match, tongue)):
            yield match[0]
    for match in tongue.certain.finditer(sentence):
        if not _negated(sentence, match, tongue):
            yield match[0]


def _negated(sentence: str, match: re.Match[str], tongue: Tongue) -> bool:
    """Whether "not" stands inside the phrase or just before it, or its clause speaks of nothing or asks."""
    clause = re.split(r"[,;:()—–]", sentence[: match.start()])[-1]
    near = " ".join(clause.split()[-2:])
    inside = tongue.negation.search(match[0]) or tongue.nothing.search(sentence[match.end() :])
    here = inside or tongue.negation.search(near) or tongue.nobody.search(clause) or tongue.asked.search(clause)
    return bool(here)


def _hedged(sentence: str, match: re.Match[str], tongue: Tongue) -> bool:
    before = " ".join(sentence[: match.start()].split()[-3:])
    return bool(tongue.hedge.search(match[0]) or tongue.hedge.search(before))
