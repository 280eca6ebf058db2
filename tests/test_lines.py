"""What the web process writes of each answer: a line of JSON, with the route and never what stood in its place."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.extensions import db
from tests.code_reading import ROOT
from tests.conftest import AppWith
from tests.filing import NEW, file, page_of
from tests.lines import answered, written
from tests.stored import filed
from tests.test_faults import locked
from tests.visitor import Visitor

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
Output = pytest.CaptureFixture[str]


def broken_line(app: Flask, output: Output, view: Any) -> dict[str, Any]:
    """Return the line of an answer whose view does this."""
    app.add_url_rule("/en/broken/<token>", "broken", lambda token: view())
    Visitor(app).visit("/en/broken/a-token?of=mine", status=500)
    (line,) = written(output)
    return line


def test_an_answer_is_one_line_with_route_method_status_and_time(app: Flask, capsys: Output) -> None:
    Visitor(app).visit(NEW)
    (line,) = written(capsys)
    assert MOMENT.fullmatch(line.pop("timestamp"))
    assert 0 < line.pop("ms") < 60_000
    assert line == {
        "program": "web",
        "level": "info",
        "event": "answered",
        "route": "/<language:language>/tickets/new",
        "method": "GET",
        "status": 200,
    }


def test_each_answer_of_flask_is_told_in_order(app: Flask, capsys: Output) -> None:
    visitor = Visitor(app)
    file(visitor)
    visitor.visit("/staff/", status=None)
    visitor.visit("/en/cancellation?status=pending&x=1")
    assert answered(capsys) == [
        ("/<language:language>/tickets/new", "GET", 200),
        ("/<language:language>/tickets/new", "POST", 303),
        ("/<language:language>/tickets/<reference>/filed", "GET", 200),
        ("/staff/", "GET", 303),
        ("/<language:language>/cancellation", "GET", 200),
    ]


def test_kept_pages_and_the_addresses_of_machines_are_not_told(app: Flask, capsys: Output) -> None:
    for path in ("/en/cancellation", "/en/cancellation", "/livez", "/readyz", "/metrics"):
        Visitor(app).open(path)
    assert answered(capsys) == []


def test_what_has_no_route_or_no_known_method_is_not_repeated(app: Flask, capsys: Output) -> None:
    visitor = Visitor(app)
    visitor.open("/t0ken/wombat?numbat=1")
    visitor.open(NEW, method="QUOKKA")
    Visitor(app, base_url="http://axolotl.example").open(NEW)
    printed = capsys.readouterr().out
    assert not re.search("t0ken|wombat|numbat|quokka|axolotl", printed, re.IGNORECASE)
    told = [json.loads(line) for line in printed.splitlines()]
    assert [(line["route"], line["method"], line["status"]) for line in told] == [
        (None, "GET", 404),
        (None, "other", 405),
        (None, "GET", 400),
    ]


def test_a_fault_is_told_by_its_type_those_that_led_to_it_and_its_places(app_with: AppWith, capsys: Output) -> None:
    def breaks() -> str:
        try:
            return str(int("a secret of the inside"))
        except ValueError as error:
            raise LookupError("a secret of the inside") from error

    line = broken_line(app_with(), capsys, breaks)
    assert (line["level"], line["route"], line["status"]) == ("error", "/en/broken/<token>", 500)
    assert (line["error"], line["because"]) == ("LookupError", ["ValueError"])
    assert re.fullmatch(r"tests/test_lines\.py:\d+ breaks", line["stack"][-1])
    assert line["stack"][0].startswith("flask/app.py:")
    assert len(line["reference"]) == 8
    assert "secret" not in json.dumps(line)


def test_a_fault_without_end_is_told_shortly(app_with: AppWith, capsys: Output) -> None:
    def breaks() -> str:
        return breaks()

    line = broken_line(app_with(), capsys, breaks)
    assert (line["error"], len(line["stack"])) == ("RecursionError", 20)


def test_what_a_database_repeats_in_its_fault_is_not_told(app_with: AppWith, database_url: str, capsys: Output) -> None:
    app = app_with(database_url=database_url)
    filed(app, email="numbat@customers.example")

    def breaks() -> str:
        db.session.execute(text("INSERT INTO policy_versions SELECT * FROM policy_versions"))
        return ""

    line = broken_line(app, capsys, breaks)
    assert (line["error"], line["because"]) == ("IntegrityError", [line["because"][0]])
    assert line["because"][0] in ("IntegrityError", "UniqueViolation")
    assert not re.search("numbat|Key|hash|INSERT", json.dumps(line))


def test_a_database_that_takes_nothing_is_told(app_with: AppWith, capsys: Output) -> None:
    app = app_with()
    visitor = Visitor(app)
    path = page_of(file(visitor))
    with locked(app):
        visitor.send(f"{path}/withdraw", {"sure": True}, at=path)
    (line,) = [line for line in written(capsys) if line["status"] == 503]
    assert (line["level"], line["error"], "reference" in line) == ("error", "OperationalError", False)


def test_a_fault_of_an_address_for_machines_is_told(app: Flask, capsys: Output) -> None:
    del app.config["MIGRATION"]
    Visitor(app).visit("/readyz", status=500)
    (line,) = written(capsys)
    assert (line["route"], line["error"]) == ("/readyz", "KeyError")


def test_a_fault_after_the_view_is_told_without_the_path(app_with: AppWith, capsys: Output) -> None:
    app = app_with()
    app.after_request_funcs.setdefault(None, []).append(lambda response: 1 // 0)
    app.test_client().get("/t/a-secret-token")
    lines = written(capsys)
    assert {line["event"] for line in lines} == {"broke"}
    assert {(line["logger"], line["error"]) for line in lines} == {("portal", "ZeroDivisionError")}
    assert "a-secret-token" not in json.dumps(lines)


def test_what_others_say_by_logging_is_a_line_too_without_the_words_of_a_fault(app: Flask, capsys: Output) -> None:
    app.logger.warning("a thing of note: %s", 1)
    app.logger.info("a thing of none")
    try:
        raise ValueError("axolotl")
    except ValueError:
        logging.getLogger("sqlalchemy.pool").exception("the connection of axolotl broke")
    first, second = written(capsys)
    assert (first["event"], first["level"], first["logger"]) == ("a thing of note: 1", "warning", "portal")
    assert (second["event"], second["error"], second["logger"]) == ("broke", "ValueError", "sqlalchemy.pool")
    assert "axolotl" not in json.dumps(second)


def test_a_line_that_cannot_be_written_keeps_nobody_from_an_answer() -> None:
    program = (
        "import sys\n"
        "from portal.logs import log\n"
        "said = log(program='web')\n"
        "said.info('on a full disk')\n"
        "sys.stdout = open('/dev/null'); sys.stdout.close()\n"
        "said.info('on nothing')\n"
        "print('went on', file=sys.stderr)\n"
        "sys.stdout = sys.__stdout__ = None\n"  # else its end would complain of what could not be written
    )
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-W", "error", "-c", program]
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr.startswith("went on\n")
