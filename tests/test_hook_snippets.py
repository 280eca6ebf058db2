"""The receivers of webhooks that docs/api.md shows: each serves as it stands, and takes what is signed alone."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from flask import Flask

from portal import webhooks
from portal.clock import now
from portal.concerns import Carrier
from portal.notices.calls import call
from tests.code_reading import ROOT
from tests.postgresql import free_port
from tests.shift import Shift, written
from tests.stored import filed

DOCUMENT = ROOT / "docs" / "api.md"
RECEIVERS: dict[str, str] = dict(
    re.findall(r"```(php|python|js)\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
)
ENDINGS = {"php": "php", "js": "cjs", "python": "py"}
STARTS_WITHIN = 30
EACH = [
    pytest.param("php", marks=pytest.mark.interpreters),
    pytest.param("js", marks=pytest.mark.interpreters),
    "python",
]


@contextmanager
def serving(language: str, folder: Path, port: int, secret: str) -> Iterator[Path]:
    """Run a receiver of the document; give the file of what it says."""
    file, log = folder / f"hook.{ENDINGS[language]}", folder / "said"
    file.write_text(RECEIVERS[language], encoding="utf-8")
    run = {"php": ["php", "-S", f"127.0.0.1:{port}"], "js": ["node"], "python": [sys.executable, "-W", "error"]}
    environment = {"PATH": os.environ["PATH"], "WEBHOOK_SECRET": secret, "PORT": str(port)}
    with log.open("w") as said:
        process = subprocess.Popen([*run[language], str(file)], env=environment, stdout=said, stderr=said)
    try:
        ends, never = monotonic() + STARTS_WITHIN, Event()
        while not _listens(port):
            assert process.poll() is None, log.read_text()
            assert monotonic() < ends, log.read_text()
            never.wait(0.02)
        yield log
    finally:
        process.kill()
        process.wait()


def says(log: Path, words: str) -> bool:
    """Return whether a receiver says these words, which it may do after its answer."""
    ends, never = monotonic() + STARTS_WITHIN, Event()
    while words not in log.read_text() and monotonic() < ends:
        never.wait(0.02)
    return words in log.read_text()


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def answered(port: int, **headers: str) -> int:
    """Return what a receiver answers to a stranger's call."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/hooks", b"{}", {f"webhook-{name}": value for name, value in headers.items()})
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("language", EACH)
def test_a_receiver_of_the_document_takes_a_real_call_and_no_other(app: Flask, tmp_path: Path, language: str) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/hooks"
    with app.app_context():
        _, secret = webhooks.add(url, app.extensions["portal"].keys, now())
    reference = filed(app)
    with serving(language, tmp_path, port, secret) as log:
        assert answered(port) == answered(port, id="msg_1", timestamp="x", signature="v1,é v1, v2 =") == 401
        for other, at in (("whsec_" + "s" * 44, now()), (secret, now() - timedelta(minutes=6))):
            assert call(url, other, "a", b"{}", at).detail == "401"
        Shift(app).work()
        (notice,) = written(app, Carrier.WEBHOOK)
        assert (notice.state, notice.detail) == ("sent", "")
        assert says(log, f"{reference} is received now"), log.read_text()


def test_the_document_has_a_receiver_of_each_language() -> None:
    assert set(RECEIVERS) == set(ENDINGS)
