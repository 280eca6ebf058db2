"""The words are good Ukrainian and good English, and keep what the facts say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from statistics import mean

import pytest

from tests.told import WORDS, told, ukrainian

LATIN = ("SMM-PANEL.PRO", "API", "Pending", "Processing", "In progress", "Partial", "Canceled", "Completed")
FORBIDDEN = (
    *(r"\bордер", r"\bтікет", r"\bкенсел", r"\bлінк", r"\bрефанд", r"\bслідуюч", r"\bспівпада", r"\bявляється\b"),
    *("в процесі обробки", "на даний момент", "приймати участь", "по вашому замовленню", "по замовленню"),
    *(r"\b(?:не)?вірн", r"\bвідмін(?:а|и|у|ити|ено|яти)\b", "!"),
)
LETTER = "[А-ЯІЇЄҐа-яіїєґ]"


def wrong(pattern: re.Pattern[str], texts: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return the places where a pattern is found, with what was found."""
    return [(place, found) for place, text in texts if (found := pattern.findall(text))]


@pytest.mark.parametrize("source", ["policy", "interface"])
def test_ukrainian_keeps_to_the_agreed_words(source: str) -> None:
    assert wrong(re.compile("|".join(FORBIDDEN), re.IGNORECASE), ukrainian(source)) == []


@pytest.mark.parametrize("source", ["policy", "interface"])
def test_ukrainian_is_written_with_its_own_apostrophe_and_quotation_marks(source: str) -> None:
    assert wrong(re.compile(rf"{LETTER}['`ʼ‘]{LETTER}|[\"“”„]{LETTER}|{LETTER}[\"“”„]"), ukrainian(source)) == []


def test_the_ukrainian_policy_has_latin_letters_only_in_names() -> None:
    names = re.compile("|".join(map(re.escape, LATIN)))
    assert wrong(re.compile("[A-Za-z]+"), ((place, names.sub("", text)) for place, text in told(WORDS["uk"]))) == []


def test_ukrainian_names_of_statuses_stand_in_marks_within_sentences() -> None:
    raw = [f"{clause.label or ''} {clause.text}" for clause in WORDS["uk"].clauses.values()]
    raw += [said.text for said in WORDS["uk"].outcomes.values()] + list(WORDS["uk"].advice.values())
    unmarked = re.compile(rf"(?<!\*)\b(?:{'|'.join(LATIN[2:])})\b")
    assert [text for text in raw if unmarked.search(text)] == []


@pytest.mark.parametrize("language", WORDS)
def test_sentences_of_the_policy_are_short_and_calm(language: str) -> None:
    texts = [text for place, text in told(WORDS[language]) if place.endswith(".text") or place.startswith("advice")]
    lengths = [len(sentence.split()) for text in texts for sentence in re.split(r"(?<=[.?:])\s", text)]
    assert mean(lengths) <= 20
    assert max(lengths) <= 30
    assert [text for text in texts if "!" in text] == []


def test_the_policy_says_not_guaranteed_wherever_the_facts_say_it() -> None:
    ids = ("not-guaranteed", "mistake-no-guarantee", "status-pending", "clause-responsibility", "sooner-is-better")
    for language, root in (("uk", "гарант"), ("en", "guarant")):
        assert [id_ for id_ in ids if root not in WORDS[language].clauses[id_].text] == []


MODEST = {
    "waiting-may-cancel": ("може", "may"),
    "orders-start-fast": ("можуть", "can"),
    "started-no-stop": ("зазвичай", "usually"),
    "possible-service-issue": ("буває", "may"),
    "possible-before-processing": ("буває", "may"),
    "status-processing": ("зазвичай", "usually"),
    "status-in-progress": ("зазвичай", "usually"),
    "status-partial": ("можуть", "may"),
    "status-completed": ("як правило", "normally"),
    "clause-partial": ("можуть", "may"),
    "clause-refund": ("зазвичай", "usually"),
}


@pytest.mark.parametrize("clause", MODEST)
def test_a_clause_keeps_the_modest_word_that_the_facts_have(clause: str) -> None:
    for language, word in zip(("uk", "en"), MODEST[clause], strict=True):
        assert word in WORDS[language].clauses[clause].text
