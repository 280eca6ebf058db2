"""Prepared answers: checked at the start, picked, edited, seen as the customer will, sent in their language."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.app import REPLIES
from portal.content import ContentError, load_replies
from portal.models import Event
from tests.build import settings_for
from tests.colleague import Colleague
from tests.filing import file, page_of, reference_of, rows
from tests.stored import filed, last_event
from tests.visitor import Visitor

LANGUAGES = ("en", "uk")
ASKS = "Please add a screenshot of the order in the panel"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the prepared answers, to spoil."""
    copied: Path = shutil.copytree(REPLIES, tmp_path / "replies")
    return copied


def faults(folder: Path) -> str:
    """Return what is wrong with a folder of prepared answers."""
    with pytest.raises(ContentError) as refused:
        load_replies(folder, LANGUAGES)
    return str(refused.value)


def add(folder: Path, language: str, text: str) -> None:
    """Add a text to a file of prepared answers."""
    path = folder / f"{language}.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")


def test_the_prepared_answers_are_whole_in_every_language() -> None:
    replies = load_replies(REPLIES, LANGUAGES)
    assert list(replies["en"]) == list(replies["uk"])
    assert len(replies["en"]) >= 5


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[more]\ntitle = "More"\ntext = "Hello {oder}."', "more: nothing stands for {oder}: use {order}, {reference}"),
        ('[more]\ntitle = "More"\ntext = "Hello {order."', "more: a brace stands alone"),
        ('[more]\ntitle = "More"\ntext = " "', "more.text: String should have at least 1 character"),
        ('[more]\ntitle = "More"\ntxt = "Hello."', "more.text: Field required"),
        ('[more]\ntitle = "More"\ntext = "Hello."', "uk.toml: more: is missing: another language has it"),
        ("[more", "en.toml: Expected"),
    ],
)
def test_a_fault_is_named_with_its_file_and_place(folder: Path, text: str, fault: str) -> None:
    add(folder, "en", text)
    assert fault in faults(folder)


def test_a_language_without_prepared_answers_stops_the_start(folder: Path) -> None:
    (folder / "uk.toml").unlink()
    assert "uk.toml: is missing" in faults(folder)
    with pytest.raises(ContentError):
        create_app(settings_for("sqlite:////nowhere/a.sqlite"), replies_folder=folder)


def test_a_prepared_answer_comes_filled_in_below_what_was_typed_and_nothing_is_stored(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app, service_name="Likes {shop}")
    page = olena.act(reference, "answer", code=200, press="prepared", prepared="screenshot", text="Good day.")
    text = page.form("answer").fields["text"].strip().replace("\r", "")
    assert text.startswith("Good day.\n\nTo look into the order 1048576 (Likes {shop}) we need")
    assert ASKS in text
    assert rows(app, Event) == [1]
    sent = olena.on(page, "answer", verdict="ask", text=f"{text} Thank you.")
    assert sent.status == 303
    assert last_event(app, reference).data["text"] == f"{text} Thank you."


def test_titles_are_in_the_language_of_staff_and_texts_in_the_customer_s(app: Flask) -> None:
    reference = reference_of(file(Visitor(app), "/uk/tickets/new"))
    olena = Colleague(app, language="en")
    page = olena.ticket(reference)
    assert "Ask for a screenshot" in page.text
    filled = olena.on(page, "write", code=200, press="prepared", prepared="screenshot")
    assert "Щоб розібратися із замовленням 1048576" in filled.form("write").fields["text"]
    assert filled.one("#write-text")["lang"] == "uk"


def test_staff_see_an_answer_as_the_customer_will_before_it_is_sent(app: Flask) -> None:
    visitor = Visitor(app)
    path = page_of(file(visitor, "/uk/tickets/new"))
    olena, reference = Colleague(app, language="en"), path.rpartition("/")[2]
    typed = {"verdict": "decline", "clause": "unlikely-in-progress", "text": "Воно вже <b>виконується</b>."}
    page = olena.act(reference, "answer", code=200, press="preview", **typed)
    shown = page.says("#answer .reply")
    assert "Наша відповідь: Замовлення лишається без змін" in shown
    assert "Воно вже <b>виконується</b>." in shown
    assert rows(app, Event) == [1]
    olena.on(page, "answer")
    read = visitor.visit(path)
    assert read.says(".reply h3") in shown
    assert read.says(".reply .typed") in shown
    assert read.says(".reply blockquote") in shown


def test_a_preview_of_what_is_not_right_says_what_to_mend(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    page = olena.act(reference, "answer", code=422, press="preview", verdict="decline", text="No.")
    assert page.errors == {"answer-clause": "Choose the clause that the answer rests on"}
    assert not page.all("#answer .reply")
    page = olena.act(reference, "write", code=422, press="preview", text=" ")
    assert page.errors == {"write-text": "Write the message"}


def test_looking_loses_no_word_of_a_colleague_who_came_between(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    before = olena.ticket(reference)
    Colleague(app, "taras@example.com").act(reference, "note", note="Wait.")
    seen = olena.on(before, "write", code=200, press="preview", text="Hello.")
    assert olena.on(seen, "write", code=409).status == 409


def test_a_note_has_neither_prepared_answers_nor_a_preview(app: Flask) -> None:
    olena, reference = Colleague(app), filed(app)
    page = olena.ticket(reference)
    assert olena.send_form(page, {"note": "A note."}, form="note", forged={"look": "preview"}).status == 404


def test_what_is_filled_in_is_not_read_as_a_placeholder(folder: Path) -> None:
    add(folder, "en", '[more]\ntitle = "More of it"\ntext = "At {shop}, {reference}."')
    add(folder, "uk", '[more]\ntitle = "Ще"\ntext = "На {shop}, {reference}."')
    reply = load_replies(folder, LANGUAGES)["en"]["more"]
    assert reply.filled({"shop": "{reference}", "reference": "R"}) == "At {reference}, R."
