"""What docs/api.md shows: each call works as it stands, and its tables are whole."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.api.asked import FactsAsked, NewTicket
from portal.api.called import STATE_CHANGED, StateChange, StateChanged
from portal.api.description import SIGNED, describe
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
    text = DOCUMENT.read_text(encoding="utf-8").split("| field |")[number + 1].split("\n\n")[0]
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    told = {name: bool(row[2].strip()) for row in rows for name in names(row[1])}
    assert told == {name: field.is_required() for name, field in model.model_fields.items()}


def test_the_table_of_scopes_is_whole() -> None:
    assert {names(row[0])[0] for row in table(DOCUMENT, "scope")} == set(Scope)


def test_the_tables_of_a_webhooks_call_are_whole() -> None:
    members = [name for row in table(DOCUMENT, "member of `data`") for name in names(row[0])]
    assert members == list(StateChange.model_fields)
    assert [names(row[0])[0] for row in table(DOCUMENT, "header")] == list(SIGNED)


def test_the_call_that_the_document_shows_is_one_of_a_webhook() -> None:
    shown = re.findall(r"^```json\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]
    told = StateChanged.model_validate_json(shown)
    assert json.loads(told.model_dump_json()) == json.loads(shown)


def test_the_description_tells_what_a_webhook_is_called_with() -> None:
    described = describe(["en"], "https://help.example.com")
    (call,) = described["webhooks"][STATE_CHANGED].values()
    (content,) = call["requestBody"]["content"].values()
    schema = described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    assert schema["properties"]["type"]["const"] == STATE_CHANGED
    assert set(schema["required"]) == {"type", "timestamp", "data"}
    assert {parameter["name"] for parameter in call["parameters"]} == set(SIGNED)
    assert set(call["responses"]) == {"2XX", "410", "default"}
