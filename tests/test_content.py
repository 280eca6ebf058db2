"""The content of the shop and of another one: whole, read back as it was, and put together into pages."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from portal.content import Content, Fill, Span, load, read
from portal.policy import Circumstance, Facts, Outcome, Status, decide, every_facts
from tests import another_shop
from tests.told import CONTENT

FACTS = (
    *("title", "purpose", "not-guaranteed", "orders-start-fast", "waiting-may-cancel", "started-no-stop"),
    *("possible-still-pending", "possible-provider-allows", "possible-service-issue", "possible-before-processing"),
    *("unlikely-processing", "unlikely-in-progress", "unlikely-sent-to-provider", "unlikely-link-changed"),
    *("unlikely-wrong-link-started", "unlikely-duplicate-order"),
    *("mistake-open-quickly", "mistake-include", "mistake-keep-target", "mistake-no-repeats", "mistake-no-guarantee"),
    *("status-pending", "status-processing", "status-in-progress", "status-partial", "status-canceled"),
    *("status-completed", "clause-responsibility", "clause-partial", "clause-refund", "clause-how-to-request"),
    "sooner-is-better",
)
FILL = Fill(names={"shop": "Kram"}, links={"refund_policy": "https://example.org/refunds", "payment_policy": None})
SHOP = load(CONTENT, FILL)


@pytest.fixture
def another(tmp_path: Path) -> Content:
    """Return the content of another shop, read through the same code."""
    return load(another_shop.write(tmp_path), FILL)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_fact_of_the_policy_stands_in_each_language_in_the_order_of_the_page(language: str) -> None:
    assert tuple(SHOP.words[language].clauses) == FACTS
    assert tuple(clause.id for clause in SHOP.policy.clauses) == FACTS


def test_the_shop_speaks_english_and_ukrainian_and_names_no_date_of_effect() -> None:
    assert [(language, words.name) for language, words in SHOP.words.items()] == [
        ("en", "English"),
        ("uk", "Українська"),
    ]
    assert SHOP.file.effective is None


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_answer_can_be_told_and_tells_what_was_decided(language: str) -> None:
    words = SHOP.words[language]
    for facts in every_facts():
        decision = decide(facts, SHOP.policy)
        answer = words.answer(decision)
        told = (*answer.speaking_for, *answer.against, *answer.beside, *answer.guarantees)
        assert {clause.id for clause in told} == set(decision.clauses)
        assert [clause.id for clause in answer.guarantees] == ["not-guaranteed"]
        assert len(answer.advice) == len(decision.advice)
        assert answer.headline
        assert answer.text


def test_the_summary_is_one_short_paragraph_that_names_the_shop_and_guarantees_nothing() -> None:
    assert SHOP.words["en"].summary.endswith("Cancellation is never guaranteed.")
    assert SHOP.words["uk"].summary.endswith("Скасування ніколи не гарантоване.")
    assert all("Kram" in words.summary and len(words.summary.split()) < 45 for words in SHOP.words.values())


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_two_policies_are_links_where_their_addresses_are_known(language: str) -> None:
    spans = SHOP.words[language].clauses["clause-refund"].text
    assert [span.href for span in spans if span.href] == ["https://example.org/refunds"]
    assert any(span.text in ("Payment Policy", "Правил оплати") and span.href is None for span in spans)


def test_statuses_have_the_name_of_the_panel_and_a_ukrainian_one_beside_it() -> None:
    panel = ["Pending", "Processing", "In progress", "Partial", "Canceled", "Completed"]
    for words in SHOP.words.values():
        assert [status.name for status in words.statuses[:6]] == panel
        assert [c.status.name for c in words.clauses.values() if c.status] == panel
    assert [bool(status.local) for status in SHOP.words["uk"].statuses] == [True] * 6 + [False]
    assert [SHOP.words[language].status(Status.UNKNOWN).name for language in ("en", "uk")] == [
        "I don't know",
        "Не знаю",
    ]


def test_an_edition_read_back_is_the_same_policy_and_gives_the_same_answers() -> None:
    again = read(SHOP.policy.edition.content, FILL)
    assert again.policy == SHOP.policy
    assert again.words["uk"].sections == SHOP.words["uk"].sections
    decision = decide(Facts(status=Status.PROCESSING, wrong_link=True), again.policy)
    assert again.words["uk"].answer(decision) == SHOP.words["uk"].answer(decision)


def test_an_edition_stays_readable_after_the_content_changed(tmp_path: Path) -> None:
    folder = copytree(CONTENT, tmp_path / "content")
    before = load(folder, FILL).policy.edition
    another_shop.write(folder)
    for language in ("en", "uk"):
        (folder / f"{language}.toml").unlink()
    assert load(folder, FILL).policy.edition.hash != before.hash
    assert tuple(read(before.content, FILL).words["en"].clauses) == FACTS


def test_the_hash_changes_with_a_word_and_not_with_a_comment(tmp_path: Path) -> None:
    folder = copytree(CONTENT, tmp_path / "content")
    english = folder / "en.toml"
    text = english.read_text(encoding="utf-8")
    english.write_text(f"# a note\n{text}", encoding="utf-8")
    assert load(folder, FILL).policy.edition.hash == SHOP.policy.edition.hash
    english.write_text(text.replace("never guaranteed", "not guaranteed"), encoding="utf-8")
    assert load(folder, FILL).policy.edition.hash != SHOP.policy.edition.hash


def test_another_shop_has_its_own_outcomes(another: Content) -> None:
    def outcome(status: Status, **circumstances: bool) -> Outcome:
        return decide(Facts(status=status, **circumstances), another.policy).outcome

    assert another.languages == ("pl",)
    assert outcome(Status.PROCESSING, provider_allows=True) is Outcome.POSSIBLE
    assert outcome(Status.CANCELED, service_issue=True) is Outcome.NEEDS_REVIEW
    assert {outcome(status) for status in Status} == {Outcome.UNLIKELY}


def test_another_shop_answers_in_its_own_words(another: Content) -> None:
    words = another.words["pl"]
    decision = decide(Facts(status=Status.IN_PROGRESS, provider_allows=False), another.policy)
    answer = words.answer(decision)
    assert (words.title, words.name) == ("Anulowanie zamówień w Kram", "Polski")
    assert answer.headline == "Zwykle nie"
    assert answer.against[0].label == (Span(text="Realizacja trwa"),)
    assert answer.against[0].text[1] == Span(text="In progress", lang="en")
    assert [clause.id for clause in answer.guarantees] == ["bez-gwarancji"]
    assert answer.advice == ((Span(text="Napisz do "), Span(text="Kram"), Span(text=".")),)
    assert [(section.id, section.side) for section in words.sections if section.kind == "list"] == [
        ("przeciw", "against")
    ]
    assert words.circumstance(Circumstance.WRONG_LINK) == "Zły link"


def test_another_shop_cites_on_what_is_known_and_advises_on_what_is_not(another: Content) -> None:
    decision = decide(Facts(status=Status.IN_PROGRESS), another.policy)
    assert list(decision.clauses) == ["bez-gwarancji"]
    assert decision.advice == ("napisz", "nie-wiemy")


def test_another_shop_is_read_back_with_its_version_and_date(another: Content) -> None:
    edition = another.policy.edition
    again = read(edition.content, FILL)
    assert (edition.version, again.policy.edition) == ("2027-wiosna", edition)
    assert str(again.file.effective) == json.loads(edition.content)["policy"]["effective"] == "2027-03-01"
