"""What is typed and what a mail shows of it: every letter as it was typed, and nothing that is for staff alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.concerns import NoticeKind
from portal.content import plain
from tests.answering import ACCEPT, ASK, DECLINE, FOR_STAFF_ALONE, MATCH, records
from tests.build import typed
from tests.carrying import ANNA, Carriers, mails
from tests.colleague import TARAS, Colleague
from tests.filing import file, reference_of, secret_path
from tests.panel_steps import SAID
from tests.post_office import Handed, PostOffice
from tests.reading import words
from tests.steps import STEPS
from tests.visitor import Visitor

STRANGE = """<b>"it's" & <script src="//eve.example/x.js"></script> &lt;i&gt; {{ 7 * 7 }} </blockquote>"""
LINES = f"{STRANGE}\n-- \n> {STRANGE}\n.\nFrom {STRANGE}\nBcc: eve@example.com"

TO_CUSTOMERS = {
    NoticeKind.RECEIVED,
    NoticeKind.ASKED,
    NoticeKind.ANSWERED,
    NoticeKind.WROTE,
    NoticeKind.REOPENED,
    NoticeKind.CANCELED,
    NoticeKind.CREDITED,
    NoticeKind.NOT_TAKEN,
}
"""What a mail tells of a request, but for the link that was asked for again."""


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with PostOffice() as office:
        yield office


def filed_strangely(app: Flask) -> str:
    """File a request whose every field holds what a program could take for its own; return the reference."""
    changes = {
        "service_name": STRANGE[:100],
        "link": """https://example.com/?a=<b>"'&""",
        "reason": LINES,
        "reference": STRANGE[:100],
    }
    return reference_of(file(Visitor(app), email=ANNA, **changes))


def checked(handed: Handed) -> Handed:
    """Return a mail in whose HTML nothing stands that was typed as HTML."""
    allowed = {"html", "head", "meta", "title", "body", "h1", "font", "p", "a", "b", "hr", "small", "br", "blockquote"}
    assert not handed.soup.select("script, i, blockquote b, h1 b, title b")
    assert "<script" not in handed.part("html")
    assert "49" not in handed.part("plain").replace(STRANGE, "").split()
    assert {tag.name for tag in handed.soup.find_all(True)} - allowed <= {"div", "span", "table", "tbody", "tr", "td"}
    assert handed.recipients == (ANNA,)
    return handed


def test_what_customer_and_staff_type_is_shown_and_is_never_html(app: Flask, office: PostOffice) -> None:
    reference, olena, carriers = filed_strangely(app), Colleague(app), Carriers(app, office)
    olena.act(reference, "write", text=LINES)
    olena.act(reference, "answer", **{**ASK, "text": LINES})
    olena.act(reference, "answer", **{**ACCEPT, "text": LINES, "matched_by": LINES.replace("\n", " ")[:400]})
    olena.act(reference, "move", state="not_canceled", text=LINES)
    carriers.work()
    received, *quoting = map(checked, office.taken)
    assert STRANGE not in received.part("plain")
    assert len(quoting) == 4
    for handed in quoting:
        (quote,) = handed.soup.select("blockquote")
        shown = [line for line in quote.get_text("\n").splitlines() if line.strip()]
        assert shown == LINES.splitlines()
        quoted = [line[2:] for line in handed.part("plain").splitlines() if line.startswith("> ")]
        assert [line.rstrip() for line in quoted] == [line.rstrip() for line in LINES.splitlines()]


def test_a_line_of_one_dot_ends_no_mail(app: Flask, office: PostOffice) -> None:
    reference = reference_of(file(Visitor(app), email=ANNA))
    Colleague(app).act(reference, "write", text="before\n.\nRCPT TO:<eve@example.com>\nafter")
    Carriers(app, office).work()
    assert [handed.recipients for handed in office.offered] == [(ANNA,)] * 2
    assert "after" in office.taken[-1].part("plain")


def test_no_mail_holds_what_is_for_staff_alone(app: Flask, office: PostOffice) -> None:
    customer, olena, taras = Visitor(app), Colleague(app), Colleague(app, TARAS)
    confirmation = file(customer, email=ANNA, reason="A reason of the customer’s own.", reference="PAY-77")
    reference = reference_of(confirmation)
    olena.act(reference, "note", note="Strange fellow")
    taras.act(reference, "take")
    olena.act(reference, "answer", **ASK)
    customer.send(f"/en/tickets/{reference}/messages", {"text": "My own message."}, at=f"/en/tickets/{reference}")
    olena.act(reference, "answer", **DECLINE)
    olena.act(reference, "reopen", reason="Seen by staff: wrong clause")
    taras.act(reference, "answer", **ACCEPT)
    for step in ("ask the panel to cancel", "the panel refuses it"):
        STEPS[step](app, reference)
    taras.act(reference, "answer", verdict="accept_full", text="We ask for it otherwise.")
    taras.act(reference, "move", state="cancel_sent", text="It was sent.")
    taras.act(reference, "move", state="not_canceled", text="It was too late.")
    taras.act(reference, "reopen", reason="Seen by staff: once more")
    taras.act(reference, "answer", verdict="accept_part", text="We have asked once again.")
    taras.act(reference, "move", state="canceled", text="")
    records(taras, reference, "credited", "It is there.")
    Carriers(app, office).work()
    said = [f"{sent.mail['Subject']} {sent.part('plain')} {sent.part('html')}" for sent in office.taken]
    kinds = [notice.kind for notice in mails(app)]
    assert set(kinds) == TO_CUSTOMERS
    assert len(said) == len(kinds) == 13
    secret = (
        *FOR_STAFF_ALONE,
        MATCH,
        SAID,
        "wrong clause",
        "Seen by staff",
        "olena@",
        "My own message",
        "PAY-77",
        "reason of",
    )
    for text in said:
        assert [words_ for words_ in (*secret, typed()["link"]) if words_ in text] == []
    assert all(secret_path(confirmation) in text for text in said)


def test_an_answer_shows_the_clause_that_it_rests_on(app: Flask, office: PostOffice) -> None:
    reference = reference_of(file(Visitor(app), email=ANNA))
    Colleague(app).act(reference, "answer", **DECLINE)
    Carriers(app, office).work()
    clause = app.extensions["portal"].content.words["en"].clauses[DECLINE["clause"]]
    shown = words(office.taken[-1].soup.body)
    assert DECLINE["text"] in shown
    assert f"{plain(clause.label)}: {plain(clause.text)}".removeprefix(": ") in shown
