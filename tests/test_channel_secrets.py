"""A channel's address is a secret: nothing of it is told where staff, operators or whoever reads a back-up look."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from portal.notices.channels import channels
from portal.outbox import Fault
from tests.code_reading import ROOT
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.hook_server import hooks, status
from tests.postgresql import free_port
from tests.shift import Shift
from tests.stored import everything, filed
from tests.test_commands import flask

PARTS = ("janedoe", "pass%40word", "pass@word", "T0KEN99", "t0ken99", "quiet77")


def secretive(port: int) -> str:
    """Return an address with a name, a password, a token in its path and another in its query."""
    return f"json://janedoe:pass%40word@127.0.0.1:{port}/T0KEN99/?-key=quiet77"


def told(*texts: object) -> list[str]:
    """Return what of the address stands in these texts."""
    whole = "".join(map(str, texts))
    return [part for part in PARTS if part in whole]


def test_nothing_of_an_address_reaches_the_log_the_database_or_staff(
    each_app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    with hooks(status(500)) as hook:
        shift = Shift(each_app, staff_channels=(secretive(hook.port), secretive(free_port()), "nosuch://T0KEN99/"))
        filed(each_app)
        shift.check()
        shift.work()
        page = Colleague(each_app).visit("/staff/notices")
        assert len(hook.calls) == 2
    assert "“nosuch (3)” does not work" in page.text
    assert shift.log.said
    assert told(page.html, everything(each_app), shift.log.said, repr(shift.ways.channels), *capfd.readouterr()) == []


def test_what_a_channel_says_is_told_without_its_address() -> None:
    (one,) = channels(("json://janedoe:pass%40word@127.0.0.1/T0KEN99==?-key=quiet77==&to=a",))
    said = "POST /t0ken99 as JaneDoe with pass@word, pass%40word and quiet77== to 127.0.0.1: error=500."
    assert one._without_secrets(said) == "POST /… as … with …, … and … to …: error=500."


def test_an_address_that_apprise_does_not_know_is_said_to_be_so() -> None:
    (one,) = channels(("nosuch://T0KEN99/",))
    result = one.send("A title", "A text")
    assert (result.fault, result.detail) == (Fault.NOT_TAKEN, "Apprise does not know such an address")


def test_the_command_says_of_each_way_whether_it_works(app_with: AppWith, tmp_path: Path) -> None:
    with hooks() as good, hooks(status(500)) as bad:
        addresses = (secretive(good.port), secretive(bad.port))
        app = app_with(staff_channels=addresses, mail_folder=tmp_path / "mail")
        result = flask(app, "notices", "test", "--mail", "olena@example.com")
        assert (len(good.calls), len(bad.calls)) == (1, 1)
    mail, first, second, to, error = result.output.splitlines()
    assert result.exit_code == 1
    assert (mail, first, to) == (f"mail\tnot_set: {tmp_path / 'mail'}", "json (1)\tworks", "olena@example.com\tworks")
    assert second.startswith("json (2)\tnot_taken: ")
    assert "500" in second
    assert error == "Error: not all of them work"
    assert told(result.output) == []
    (letter,) = (tmp_path / "mail").glob("*.eml")
    assert b"To: olena@example.com" in letter.read_bytes()


def test_the_command_refuses_an_address_that_is_none(app_with: AppWith, tmp_path: Path) -> None:
    app = app_with(mail_folder=tmp_path / "mail")
    result = flask(app, "notices", "test", "--mail", "olena")
    assert "olena\tbad_address: " in result.output
    assert result.exit_code == 1
    assert not (tmp_path / "mail").exists()


def test_a_program_that_is_strict_with_warnings_tells_channels_and_no_log_their_addresses() -> None:
    with hooks() as good, hooks(status(500)) as bad:
        program = (
            "import logging\n"
            "from portal.notices.channels import channels\n"
            "logging.basicConfig(level=logging.DEBUG)\n"
            f"good, bad = channels({(secretive(good.port), secretive(bad.port))!r})\n"
            "print(good.send('A title', 'A text').fault, bad.send('A title', 'A text').fault)\n"
        )
        command = [sys.executable, "-W", "error", "-c", program]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "None not_taken\n"), done.stderr
    assert told(done.stderr) == []
