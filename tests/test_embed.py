"""The policy for pages of other sites: the frame, who may show it, the script, the lines that staff copy."""

from __future__ import annotations

import html
import re

import brotli
import pytest
from flask import Flask

from portal.policy import Status
from portal.settings import Settings
from tests.answers import POLICY
from tests.build import PUBLIC_URL
from tests.code_reading import ROOT
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.reading import attribute
from tests.test_policy_page import raw
from tests.visitor import Visit, Visitor

EMBED = "/en/cancellation/embed"
SITES = ("https://shop.example.com", "https://www.shop.example.com:8443")
LANGUAGES = ("uk", "en")
AT_MOST = 2000
"""Bytes that the script may weigh on the wire."""


def ancestors(sent: object) -> str:
    """Return who may frame an answer."""
    return str(re.findall(r"frame-ancestors ([^;]+)", str(sent))[0]).strip()


def directive(sent: object, name: str) -> list[str]:
    """Return the sources of a directive of an answer's policy."""
    return re.findall(rf"{name} ([^;]+)", str(sent))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_holds_every_fact_and_nothing_of_the_portals_frame(visit: Visit, language: str) -> None:
    page = visit(f"/{language}/cancellation/embed")
    ids = [clause.id for clause in POLICY.clauses]
    assert [attribute(tag, "id") for tag in page.all("[id]") if attribute(tag, "id") in ids] == ids
    assert page.all("header, footer, nav") == []
    assert attribute(page.one("link[rel=canonical]"), "href") == f"{PUBLIC_URL}/{language}/cancellation"
    assert page.all("meta[name=robots][content=noindex]")


def test_the_frame_is_the_same_for_everyone_and_may_be_kept(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.visit("/en/tickets/new")  # gives the browser a cookie
    for query in ("", "?theme=dark", "?theme=dark&status=pending", "?status=pending&more=1"):
        page = visitor.visit(EMBED + query)
        assert page.headers["Cache-Control"] == "public, max-age=300"
        again = raw(app, EMBED + query, If_None_Match=page.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")


def test_only_the_sites_of_the_settings_may_frame_it_and_nothing_else(app_with: AppWith) -> None:
    visitor = Visitor(app_with(embed_sites=SITES))
    for path in (EMBED, f"{EMBED}?theme=light", f"{EMBED}?status=none"):
        sent = visitor.visit(path, status=None).headers["Content-Security-Policy"]
        assert ancestors(sent) == "'self' " + " ".join(SITES)
    for path in (
        "/en/cancellation",
        "/en/cancellation/answer?status=pending",
        "/embed.js",
        "/staff/sign-in",
        "/en/x/embed",
    ):
        page = visitor.visit(path, status=None)
        assert ancestors(page.headers["Content-Security-Policy"]) == "'none'"
        assert page.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("status", Status)
def test_the_chooser_answers_within_the_frame_and_keeps_its_theme(visit: Visit, status: Status) -> None:
    page = visit(f"{EMBED}?theme=dark&status={status}")
    assert attribute(page.one("html"), "data-theme") == "dark"
    form = page.form("chooser")
    assert (form.path, form.fields) == (EMBED, {"theme": "dark", "status": status})
    reasons = page.all("section.answer li a")
    assert {attribute(a, "href")[1:] for a in reasons} <= {clause.id for clause in POLICY.clauses}


@pytest.mark.parametrize("path", [EMBED, f"{EMBED}?status=pending", f"{EMBED}?status=none"])
def test_every_link_that_leads_out_opens_in_the_whole_window(visit: Visit, path: str) -> None:
    page = visit(path, status=None)
    out = [a for a in page.all("a[href]") if not attribute(a, "href").startswith("#")]
    assert out
    assert {attribute(a, "target") for a in out} == {"_top"}


def test_the_frame_shows_the_address_of_the_policys_own_page(visit: Visit) -> None:
    address = f"{PUBLIC_URL}/en/cancellation"
    assert visit(EMBED).link(address) == address


@pytest.mark.parametrize("theme", ["auto", "", "blue", "<b>"])
def test_any_other_theme_follows_the_system(visit: Visit, theme: str) -> None:
    page = visit(f"{EMBED}?theme={theme}")
    assert not page.one("html").has_attr("data-theme")
    assert "theme" not in page.form("chooser").fields


def test_a_status_that_is_none_says_what_to_choose(visit: Visit) -> None:
    page = visit(f"{EMBED}?status=none", status=422)
    assert page.error_for("status") == "Choose the status that your order shows"


def test_the_script_is_small_and_other_sites_may_load_it(app: Flask) -> None:
    script = raw(app, "/embed.js", Accept_Encoding="br")
    assert len(script.data) <= AT_MOST
    assert script.headers["Access-Control-Allow-Origin"] == "*"
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert script.headers["Cache-Control"] == "public, max-age=3600"
    assert script.mimetype == "text/javascript"
    assert brotli.decompress(script.data) == (ROOT / "portal" / "static" / "embed.js").read_bytes()
    assert raw(app, "/embed.js", If_None_Match=script.headers["ETag"], Accept_Encoding="br").status_code == 304


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_copy_lines_that_are_filled_in(app_with: AppWith, language: str) -> None:
    app = app_with(embed_sites=SITES)
    page = Colleague(app).visit(f"/staff/embedding?language={language}&theme=dark")
    words = app.extensions["portal"].content.words[language]
    element = page.says("#element")
    assert element.startswith(f'<script src="{PUBLIC_URL}/embed.js" async></script>')
    assert f'<cancellation-policy lang="{language}" theme="dark">' in element
    assert f'<a href="{PUBLIC_URL}/{language}/cancellation">{html.escape(words.title)}</a>' in element
    assert f'src="{PUBLIC_URL}/{language}/cancellation/embed?theme=dark"' in page.says("#frame")
    assert page.says("#policy") == f"script-src {PUBLIC_URL}; frame-src {PUBLIC_URL}"
    assert all(site in page.text for site in SITES)
    look = page.one("cancellation-policy")
    assert (attribute(look, "lang"), attribute(look, "theme")) == (language, "dark")


def test_the_staffs_page_alone_frames_a_page_of_our_own(app: Flask) -> None:
    olena = Colleague(app)
    assert directive(olena.visit("/staff/embedding").headers["Content-Security-Policy"], "frame-src") == ["'self'"]
    for path in ("/staff/", "/en/cancellation", EMBED):
        assert directive(olena.visit(path).headers["Content-Security-Policy"], "frame-src") == []


def test_staff_are_told_where_no_site_is_named_yet(app: Flask) -> None:
    page = Colleague(app).visit("/staff/embedding?language=none&theme=none")
    assert "None yet" in page.text
    assert 'lang="en" theme="auto"' in page.says("#element")


def test_the_document_shows_the_same_lines_as_the_staffs_page(app: Flask) -> None:
    page = Colleague(app).visit("/staff/embedding?language=uk&theme=auto")
    document = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    for id_ in ("element", "space", "frame"):
        lines = page.one(f"#{id_}").get_text().strip().replace(PUBLIC_URL, "https://help.example.com")
        assert lines in document, f"docs/embedding.md should show:\n{lines}"


def test_sites_are_read_as_origins(tmp_path: object) -> None:
    given = {"embed_sites": " ".join(SITES).upper(), "database_url": "sqlite:////x", "secret_keys": f"k:{'n' * 32}"}
    assert Settings.model_validate(given).embed_sites == SITES
