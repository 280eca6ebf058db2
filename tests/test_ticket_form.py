"""The ticket form as a whole: nothing typed is lost, whatever is wrong with the try; the policy beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from portal.policy import Outcome
from tests.build import older, typed
from tests.filing import FORM, NEW, nothing_stored, quick, rows, stored_tickets
from tests.page import Page
from tests.visitor import Send, Visit, Visitor


def test_an_empty_form_is_told_everything_at_once(app: Flask, send: Send) -> None:
    page = send(NEW)
    wanted = ["order_id", "service_name", "link", "status", "problem", "reason", "understood", "keep_target"]
    assert (page.status, sorted(page.errors)) == (422, sorted(wanted))
    assert page.title.startswith("Error: ")
    assert {link.href for link in page.links if link.text in page.errors.values()} == {f"#{name}" for name in wanted}
    assert nothing_stored(app)


def fields(page: Page) -> dict[str, str]:
    """Return what the form holds, without what each answer makes anew."""
    return {k: v for k, v in page.form(FORM).fields.items() if k not in ("csrf_token", "submission", "kept")}


def test_nothing_typed_is_lost_by_an_error(send: Send) -> None:
    page = send(NEW, typed(order_id="12 34", reason="<b>\"Line\" & 'line'</b>\n\n  two\U0001f642"))
    wanted = typed(
        order_id="12 34",
        reason="<b>\"Line\" & 'line'</b>\r\n\r\n  two\U0001f642",
        understood="y",
        keep_target="y",
        website="",
    )
    assert fields(page) == wanted


@pytest.mark.parametrize("changes", [{}, {"order_id": "", "reason": "x", "understood": False}])
def test_the_language_switch_is_a_button_of_the_form_and_keeps_what_was_typed(
    app: Flask, send: Send, changes: dict[str, Any]
) -> None:
    page = send(NEW, typed(**changes), press="Українська")
    assert (page.status, page.path, page.lang, page.errors) == (200, "/uk/tickets/new", "uk", {})
    same = typed(**changes)
    assert {k: fields(page).get(k) for k in same if same[k] not in (True, False)} == {
        k: v for k, v in same.items() if v not in (True, False)
    }
    assert nothing_stored(app)
    assert Visitor(app).send_form(page, form=FORM, press="English").status == 400  # another browser's form


def test_the_check_button_answers_without_script_and_keeps_what_was_typed(app: Flask, send: Send) -> None:
    page = send(NEW, typed(status="processing", order_id=""), press="Check")
    assert (page.status, page.errors, page.answer.outcome) == (200, {}, Outcome.UNLIKELY)
    assert "unlikely-wrong-link-started" in page.answer.reasons
    assert fields(page)["reason"] == typed()["reason"]
    assert nothing_stored(app)


def test_the_form_sends_and_its_enter_key_too(visit: Visit) -> None:
    page = visit(NEW)
    submits = [tag for tag in page.all("button") if tag.get("form") == FORM or tag.find_parent("form")]
    assert not submits[0].has_attr("name")
    assert visit("/en/tickets/new?status=partial").answer.outcome == "credit_only"


def test_a_form_whose_token_is_too_old_comes_back_filled_in_with_a_new_one(app: Flask, visitor: Visitor) -> None:
    page = visitor.visit(NEW)
    app.config["WTF_CSRF_TIME_LIMIT"] = -1
    again = visitor.send_form(page, typed(), form=FORM)
    assert again.status == 400
    assert "This page was open for too long" in again.says(".error-summary")
    assert "What you typed is below" in again.says(".error-summary")
    assert nothing_stored(app)
    app.config["WTF_CSRF_TIME_LIMIT"] = 60
    assert visitor.send_form(again, form=FORM).status == 303
    assert len(stored_tickets(app)) == 1


@pytest.mark.parametrize("forged", [{"csrf_token": None}, {"csrf_token": "x"}, {"submission": None}])
def test_a_missing_or_forged_token_stores_nothing(app: Flask, visitor: Visitor, forged: dict[str, Any]) -> None:
    page = visitor.send(NEW, typed(), forged=forged)
    assert (page.status, page.errors) == (400, {})
    assert nothing_stored(app)
    assert visitor.send_form(page, form=FORM).status == 303


def test_a_submission_that_we_did_not_sign_is_refused(app: Flask, visitor: Visitor) -> None:
    honest = visitor.visit(NEW).form(FORM).fields["submission"]
    message, key, mac = honest.split(".")
    for forged in (f"{message}0.{key}.{mac}", f"{message}.old.{mac}", f"{message}.{key}.é", "x.y", ".", "\x00"):
        assert visitor.send(NEW, typed(), forged={"submission": forged}).status == 400
    assert nothing_stored(app)


def test_a_form_posted_across_from_another_site_is_refused(app: Flask, visitor: Visitor) -> None:
    page = visitor.visit(NEW)
    other = Visitor(app)
    other.visit(NEW)
    assert other.send_form(page, typed(), form=FORM).status == 400
    assert nothing_stored(app)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Allow cookies for this site"), ("uk", "Дозвольте файли cookie")]
)
def test_without_cookies_the_form_says_so_and_stays_filled_in(app: Flask, language: str, words: str) -> None:
    visitor = Visitor(app)
    page = visitor.visit(f"/{language}/tickets/new")
    visitor.client.delete_cookie("session", domain="127.0.0.1")
    again = visitor.send_form(page, typed(), form=FORM)
    assert again.status == 400
    assert words in again.says(".error-summary")
    assert fields(again)["order_id"] == "1048576"


def test_bytes_that_are_no_text_are_named_and_the_rest_is_kept(app: Flask, send: Send) -> None:
    page = send(NEW, typed(), forged={"reason": "First a whole sentence, then \ufffd"})
    assert page.status == 400
    assert page.errors == {"reason": "Part of this text arrived damaged. Type it again where you see �"}
    assert fields(page)["service_name"] == typed()["service_name"]
    assert nothing_stored(app)


def test_a_broken_body_is_answered_with_400_and_the_whole_fields_are_kept(app: Flask, visitor: Visitor) -> None:
    sent = visitor.visit(NEW).form(FORM).filled(typed()).to_dict()
    sent["submission"] = older(sent["submission"], timedelta(minutes=1))
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    page = visitor.open(NEW, method="POST", data=_parts({**sent, "reason": b"\xff\xfe" * 20}), headers=multipart)
    assert (page.status, list(page.errors)) == (400, ["reason"])
    assert fields(page)["service_name"] == typed()["service_name"]
    plain = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (urlencode({**sent, "reason": b"\xff\xfe" * 20}).encode(), b"reason=\xff\xfe"):
        page = visitor.open(NEW, method="POST", data=body, headers=plain)
        assert (page.status, page.h1) == (400, "We could not read the request")
    assert nothing_stored(app)


def _parts(sent: dict[str, Any]) -> bytes:
    parts = {name: value if isinstance(value, bytes) else value.encode() for name, value in sent.items()}
    head = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    return b"".join(head % (name.encode(), value) for name, value in parts.items()) + b"--x--\r\n"


def test_the_honeypot_is_told_in_words_and_the_next_try_is_taken(app: Flask, visitor: Visitor) -> None:
    page = visitor.send(NEW, typed(website="https://spam.example"))
    assert (page.status, page.errors) == (422, {})
    assert "A field that people do not see came back filled in" in page.says(".error-summary")
    assert nothing_stored(app)
    assert visitor.send_form(page, form=FORM).status == 303


def test_a_form_filled_in_within_two_seconds_is_told_so_and_the_next_try_is_taken(app: Flask) -> None:
    page = quick(app).send(NEW, typed())
    assert page.status == 422
    assert "The form came back within two seconds" in page.says(".error-summary")
    assert rows(app) == []
    assert nothing_stored(app)
    visitor = quick(app)
    again = visitor.send(NEW, typed())
    slower = older(again.form(FORM).fields["submission"], timedelta(seconds=5))
    assert visitor.send_form(again, form=FORM, forged={"submission": slower}).status == 303


def test_the_form_says_what_is_kept_who_sees_it_and_what_never_to_send(visit: Visit) -> None:
    text = visit(NEW).text
    for words in (
        "Only staff and whoever has your secret link see it",
        "Never send a password or a code",
        "Without either, staff may ask you for one",
        "A review guarantees nothing",
    ):
        assert words in text
