"""Two portals as they run, on one database and one bucket: what is sent to one is shown by the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup

from tests.build import SECRET_KEYS, older, picture, typed
from tests.code_reading import ROOT
from tests.postgresql import free_port
from tests.reading import attribute
from tests.s3_server import KEYS as S3_KEYS
from tests.s3_server import Server

pytestmark = pytest.mark.long
WITHIN = 30.0
"""Seconds in which a portal is to be there, or to answer."""


@contextmanager
def running(folder: Path, files_url: str) -> Iterator[str]:
    """Serve a portal that keeps its data in the folder; give its address."""
    port = free_port()
    variables = {
        "PORTAL_SECRET_KEYS": " ".join(f"{key.id}:{key.secret}" for key in SECRET_KEYS),
        "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.sqlite",
        "PORTAL_MAIL_FOLDER": f"{folder}/mail",
        "PORTAL_FILES_URL": files_url,
    }
    command = [sys.executable, "-m", "portal.serve", "--port", str(port)]
    with Popen(command, cwd=ROOT, env={"PATH": os.defpath, **S3_KEYS, **variables}, stdout=DEVNULL) as process:
        try:
            _wait(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(process: Popen[Any], port: int) -> None:
    for _ in range(int(WITHIN / 0.05)):
        try:
            process.wait(0.05)
        except TimeoutExpired:
            try:
                requests.get(f"http://127.0.0.1:{port}/en/cancellation", timeout=WITHIN).raise_for_status()
                return
            except requests.ConnectionError:
                continue
        break
    raise AssertionError("the portal does not answer")


def filed(browser: requests.Session, site: str) -> str:
    """File a ticket with a screenshot; return the path of its page."""
    address = f"{site}/en/tickets/new"
    form = BeautifulSoup(browser.get(address, timeout=WITHIN).text, "html.parser").select_one("#ticket-form")
    assert form is not None
    hidden = {attribute(field, "name"): attribute(field, "value") for field in form.select("input[type=hidden]")}
    hidden["submission"] = older(hidden["submission"], timedelta(minutes=1))
    fields = hidden | {name: "y" if value is True else value for name, value in typed().items()}
    sent = {"screenshots": ("screen.png", picture(), "image/png")}
    answer = browser.post(address, fields, files=sent, headers={"Referer": address}, timeout=WITHIN)
    assert answer.url.endswith("/filed"), answer.text
    return answer.url.removeprefix(site).removesuffix("/filed")


def test_what_is_sent_to_one_portal_is_shown_by_the_other(s3: Server, tmp_path: Path) -> None:
    shelf, browser = s3.shelf(), requests.Session()
    files_url = f"{shelf.bucket}?endpoint={shelf.bucket.endpoint}"
    with running(tmp_path, files_url) as one, running(tmp_path, files_url) as other:
        path = filed(browser, one)
        page = BeautifulSoup(browser.get(f"{other}{path}", timeout=WITHIN).text, "html.parser")
        [image] = page.select("ul.pictures img")
        shown = browser.get(f"{other}{attribute(image, 'src')}", timeout=WITHIN)
        [name] = [name for name in shelf.names() if not name.startswith("check/")]
        assert (shown.status_code, shown.content) == (200, shelf.content(name))
