"""What docs/api.md shows: each call works as it stands, and its tables are whole."""

from __future__ import annotations

import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.api.asked import FactsAsked, NewTicket
from portal.api.scopes import Scope
from tests.calling import Program, key_with
from tests.code_reading import ROOT, names, table
from tests.visitor import Visitor

DOCUMENT = ROOT / "docs" / "api.md"
CURL = re.compile(r"^```sh\n(curl .+?)```", re.MULTILINE | re.DOTALL)


def curls() -> list[list[str]]:
    """Return the words of each call that the document shows."""
    found = CURL.findall(DOCUMENT.read_text(encoding="utf-8"))
    return [shlex.split(call.replace("\\\n", " ")) for call in found]


def test_each_call_of_the_document_works(app: Flask) -> None:
    key = key_with(app)
    reference = Program(app, key).file(order_id="7").json["reference"]
    answers = []
    for _, address, *options in curls():
        headers = dict(
            value.split(": ", 1)
            for option, value in zip(options[::2], options[1::2], strict=True)
            if option == "--header"
        )
        data = next(
            (value for option, value in zip(options[::2], options[1::2], strict=True) if option == "--data"), None
        )
        headers = {name: value.replace("$KEY", key) for name, value in headers.items()}
        path = urlsplit(address).path.replace("ACD-EFHJ", reference)
        more: dict[str, Any] = {"data": data.encode(), "method": "POST"} if data else {}
        answers.append(Visitor(app).open(path, headers=headers, **more).status)
    assert answers == [200, 200, 201, 200]


@pytest.mark.parametrize(("number", "model"), [(0, FactsAsked), (1, NewTicket)])
def test_the_tables_of_fields_are_whole(number: int, model: Any) -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("| field |")[number + 1]
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    told = {name: bool(row[2].strip()) for row in rows for name in names(row[1])}
    assert told == {name: field.is_required() for name, field in model.model_fields.items()}


def test_the_table_of_scopes_is_whole() -> None:
    assert {names(row[0])[0] for row in table(DOCUMENT, "scope")} == set(Scope)
