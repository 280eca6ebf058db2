"""The code that docs/hand-over.md shows: each runs as it stands, and a ticket is filed with the link that it made."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.handover import Claims
from tests.build import HANDOVER_KEY, typed
from tests.code_reading import ROOT, names, table
from tests.filing import FORM, stored_tickets
from tests.handing import ALREADY_TOLD, asked
from tests.stored import ticket
from tests.visitor import Visitor

DOCUMENT = ROOT / "docs" / "hand-over.md"
SNIPPET = re.compile(r"```(php|python|js)\n(.+?)```", re.DOTALL)
SNIPPETS: dict[str, str] = dict(SNIPPET.findall(DOCUMENT.read_text(encoding="utf-8")))
RUN = {"php": ["php"], "python": [sys.executable, "-"], "js": ["node", "-"]}
ORDERS = {"php": "1048576", "python": "1048577", "js": "1048578"}
EACH = [
    pytest.param("php", marks=pytest.mark.interpreters),
    pytest.param("js", marks=pytest.mark.interpreters),
    "python",
]


def printed(language: str) -> str:
    """Return what a snippet of the document prints."""
    environment = {"PATH": os.environ["PATH"], "HANDOVER_KEY": f"{HANDOVER_KEY.id}:{HANDOVER_KEY.secret}"}
    done = subprocess.run(
        RUN[language], input=SNIPPETS[language], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("language", EACH)
def test_a_ticket_is_filed_with_what_a_snippet_made(app: Flask, visitor: Visitor, language: str) -> None:
    link = urlsplit(printed(language))
    assert f"{link.scheme}://{link.netloc}" == "https://help.example.com"
    page = visitor.visit(f"{link.path}?{link.query}")
    told = dict.fromkeys(ALREADY_TOLD.keys() - asked(page))
    assert asked(page) <= {"email"}
    assert visitor.send_form(page, typed(**told), form=FORM).status == 303
    (filed,) = stored_tickets(app)
    assert filed.order_id == ORDERS[language]
    with app.app_context():
        assert ticket(filed.reference).proven


def test_the_document_has_a_snippet_of_each_language() -> None:
    assert set(SNIPPETS) == set(RUN)


def test_the_table_of_claims_is_whole() -> None:
    rows = {name: row[1] for row in table(DOCUMENT, "claim") for name in names(row[0])}
    needed = {name: "yes" if field.is_required() else "" for name, field in Claims.model_fields.items()}
    assert rows == needed, "mend the table of claims in docs/hand-over.md"
