"""The policy page: every fact in its place, the chooser, the way to it, its links, its weight."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import brotli
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.app import CONTENT
from portal.policy import Status
from tests import response_checks
from tests.answers import POLICY
from tests.build import PUBLIC_URL
from tests.conftest import AppWith
from tests.reading import attribute, words
from tests.told import WORDS
from tests.visitor import Send, Visit, Visitor

LANGUAGES = ("uk", "en")
ENCODINGS = (("", "", bytes), ("gzip", "gzip", gzip.decompress), ("br;q=1.0, gzip;q=0.8", "br", brotli.decompress))
LOADS_MORE = re.compile(r"@import|url\(|^import |https?:(?!//www\.w3\.org)", re.MULTILINE)
AT_MOST = 30_000
"""Bytes that the first load may weigh."""


def pages() -> list[str]:
    """Return the address of the page, and of each answer of the chooser, in each language."""
    queries = ["", *(f"?status={status}" for status in Status)]
    return [f"/{language}/cancellation{query}" for language in LANGUAGES for query in queries]


def raw(app: Flask, path: str, **headers: str) -> TestResponse:
    """Return what comes over the wire, with these headers, written with `_` for `-`."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response = app.test_client().get(path, base_url=PUBLIC_URL, headers=sent)
    response_checks.check(response)
    return response


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_stands_under_its_id_in_order(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/cancellation")
    ids = [clause.id for clause in POLICY.clauses]
    assert [attribute(tag, "id") for tag in page.all("[id]") if attribute(tag, "id") in ids] == ids
    assert page.lang == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_title_and_description_are_the_heading_and_the_summary(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/cancellation")
    assert page.title == f"{page.h1} – SMM-PANEL.PRO"
    assert attribute(page.one("meta[name=description]"), "content") in page.says("p.lead")
    assert not page.all("meta[name=robots]")


@pytest.mark.parametrize("path", pages())
def test_each_answer_is_a_page_of_its_own_for_everyone(visit: Visit, path: str) -> None:
    page, language = visit(path), path[1:3]
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in page.headers
    assert attribute(page.one("link[rel=canonical]"), "href") == f"http://127.0.0.1:8000/{language}/cancellation"
    alternates = {attribute(tag, "hreflang"): attribute(tag, "href") for tag in page.all("link[rel=alternate]")}
    assert alternates == {
        **{other: f"http://127.0.0.1:8000/{other}/cancellation" for other in LANGUAGES},
        "x-default": "http://127.0.0.1:8000/cancellation",
    }
    assert len(page.answers) == ("?" in path)


@pytest.mark.parametrize("status", Status)
def test_the_chooser_answers_with_the_clauses_and_leads_to_the_form(visit: Visit, status: Status) -> None:
    page = visit(f"/en/cancellation?status={status}")
    assert page.form("chooser").fields["status"] == status
    assert "not-guaranteed" not in page.answer.reasons
    assert page.answer.guarantee == page.says("#not-guaranteed").removesuffix("#")
    assert set(page.answer.reasons) <= {clause.id for clause in POLICY.clauses}
    to_form = attribute(page.one("section.answer a.button"), "href")
    assert visit(to_form).form("ticket-form").fields["status"] == status
    assert page.url.endswith(f"?status={status}")
    fragment = visit(f"/en/cancellation/answer?status={status}")
    assert (fragment.answer.text, fragment.html.count("<html")) == (page.answer.text, 0)


def test_the_chooser_is_sent_as_a_get_form_to_its_answer(send: Send) -> None:
    page = send("/en/cancellation", {"status": "processing"})
    assert (page.status, page.answer.outcome) == (200, "difficult")
    assert 'action="/en/cancellation#answer"' in page.html


@pytest.mark.parametrize("path", pages())
def test_a_page_that_did_not_change_is_not_sent_again(app: Flask, path: str) -> None:
    for accepted, encoding, undo in ENCODINGS:
        first = raw(app, path, Accept_Encoding=accepted)
        assert first.headers.get("Content-Encoding", "") == encoding
        assert "Date" not in first.headers  # the server tells when it answers, not when the page was rendered
        assert b"<h1" in undo(first.data)
        again = raw(app, path, Accept_Encoding=accepted, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
        assert raw(app, path, Accept_Encoding=accepted, If_None_Match='"other"').status_code == 200


def test_an_encoding_that_is_refused_is_not_used(app: Flask) -> None:
    page = raw(app, "/en/cancellation", Accept_Encoding="br;q=0, gzip;q=0")
    assert "Content-Encoding" not in page.headers
    assert "Accept-Encoding" in page.headers["Vary"]


@pytest.mark.parametrize("query", ["?status=pending&problem=wrong_link", "?status=pending&endpoint=x&_scheme=evil"])
@pytest.mark.parametrize("place", ["cancellation", "cancellation/answer"])
def test_an_answer_that_is_not_kept_is_the_same_for_everyone_too(app: Flask, place: str, query: str) -> None:
    visitor = Visitor(app)
    visitor.visit("/en/tickets/new")  # gives the browser a cookie, which the policy must not renew
    page = visitor.visit(f"/en/{place}{query}")
    assert page.answer.outcome == ("best_chance")
    again = raw(app, f"/en/{place}{query}", If_None_Match=page.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


WANTED = {
    "uk": "uk",
    "en": "en",
    "uk-UA,uk;q=0.9,en;q=0.8": "uk",
    "en-GB,en;q=0.9,uk;q=0.8": "en",
    "de,en;q=0.5": "en",
    "de-DE,fr;q=0.9": "uk",
    "": "uk",
    "nonsense;;;q=x": "uk",
}


@pytest.mark.parametrize("accepted", WANTED)
@pytest.mark.parametrize("path", ["/", "/cancellation"])
def test_the_way_in_leads_to_the_language_that_the_browser_prefers(app: Flask, path: str, accepted: str) -> None:
    page = raw(app, path, Accept_Language=accepted)
    assert (page.status_code, page.location) == (302, f"/{WANTED[accepted]}/cancellation")
    assert "Accept-Language" in page.headers["Vary"]


@pytest.mark.parametrize("path", pages())
def test_the_language_switch_keeps_the_chosen_status(visit: Visit, path: str) -> None:
    name, other = ("English", "en") if path.startswith("/uk") else ("Українська", "uk")
    page = visit(visit(path).link(name))
    assert page.url.removeprefix("http://127.0.0.1:8000") == f"/{other}{path[3:]}"


def test_the_language_switch_leads_nowhere_else(visit: Visit) -> None:
    page = visit("/en/cancellation?_external=1&_scheme=javascript&_anchor=x&endpoint=staff.inbox&_method=POST")
    assert page.link("Українська").startswith("/uk/cancellation?")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", ["lost", "", "PENDING", "pending%00", "%FF%FE", "'%22%3Cb%3E"])
def test_an_unknown_status_is_an_error_beside_the_chooser(visit: Visit, language: str, status: str) -> None:
    page = visit(f"/{language}/cancellation?status={status}", status=422)
    wanted = {
        "en": "Choose the status that your order shows",
        "uk": "Виберіть статус, який показує ваше замовлення",
    }
    assert page.errors == {"status": wanted[language]}
    assert page.answers == []
    assert page.headers["Cache-Control"] == "no-store"
    visit(f"/{language}/cancellation/answer?status={status}", status=422)


def test_the_first_load_is_light_and_asks_nobody_else(app: Flask) -> None:
    for language in LANGUAGES:
        page = Visitor(app).visit(f"/{language}/cancellation?status=pending")
        fetched = [attribute(tag, "href") for tag in page.all("link[rel=stylesheet], link[rel=icon]")]
        fetched += [attribute(tag, "src") for tag in page.all("script[src], img[src]")]
        loads = {path: raw(app, path, Accept_Encoding="br") for path in [page.url, *fetched]}
        sizes = {path: len(load.data) + len(str(load.headers)) for path, load in loads.items()}
        assert len(loads) <= 4
        assert sum(sizes.values()) <= AT_MOST, sizes
        plain = [raw(app, path).get_data(as_text=True) for path in fetched]
        assert not [
            text for text in plain if re.search(r"@import|url\(|^import |https?:(?!//www\.w3\.org)", text, re.MULTILINE)
        ]


def test_static_files_are_kept_for_good_under_names_that_change_with_them(app: Flask) -> None:
    page = Visitor(app).visit("/en/cancellation")
    path = attribute(page.one("link[rel=stylesheet]"), "href")
    sheet = Visitor(app).visit(path)
    assert sheet.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sheet.response.mimetype == "text/css"
    Visitor(app).visit(re.sub(r"\.[0-9a-f]{12}\.", ".000000000000.", path), status=404)
    Visitor(app).visit("/static/portal.css", status=404)


def test_the_refund_and_payment_policies_are_links_when_their_addresses_are_set(
    app_with: AppWith, visit: Visit
) -> None:
    addresses = {"refund_policy_url": "https://shop.example/refund", "payment_policy_url": "https://shop.example/pay"}
    app = app_with(**addresses)
    for language in LANGUAGES:
        refund = Visitor(app).visit(f"/{language}/cancellation").one("#clause-refund")
        linked = [attribute(a, "href") for a in refund.select("p a")]
        assert linked == list(addresses.values())
        assert not visit(f"/{language}/cancellation").one("#clause-refund").select("p a")


def test_the_owners_version_is_shown_and_a_date_only_once_the_owner_gave_one(
    app_with: AppWith, visit: Visit, tmp_path: Path
) -> None:
    assert "Version 1" in visit("/en/cancellation").text
    assert "in effect" not in visit("/en/cancellation").text
    folder = shutil.copytree(CONTENT, tmp_path / "dated")
    rules = (folder / "policy.toml").read_text(encoding="utf-8")
    dated = re.sub(r'version = "1"\n.*\n', 'version = "2b"\neffective = 2027-02-28\n', rules, count=1)
    (folder / "policy.toml").write_text(dated, encoding="utf-8")
    visitor = Visitor(app_with(content_folder=folder))
    assert "Version 2b, in effect from February 28, 2027" in visitor.visit("/en/cancellation").text
    assert "28 лютого 2027" in visitor.visit("/uk/cancellation").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_leads_to_the_form_and_back_to_the_shop(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/cancellation")
    assert {f"/{language}/tickets/new", "https://smm-panel.pro/"} <= {link.href for link in page.links}
    contents = [attribute(a, "href") for a in page.all("nav.contents a")]
    headed = WORDS[language].sections
    assert contents == ["#chooser", *(f"#section-{id_}" for id_ in headed if f"#section-{id_}" in contents)]
    assert [words(tag) for tag in page.all("h2")][:2]
