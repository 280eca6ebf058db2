"""The plain form that filing is measured beside: it checks what anybody would check, and stores one row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from bench import plain
from bench.bodies import filled, opened
from portal import sqlite
from portal.filing import Filing
from portal.forms import TicketForm
from tests.build import PUBLIC_URL, typed


@pytest.fixture
def form(tmp_path: Path) -> Flask:
    """The plain form, on a database of its own."""
    app = plain.create_app(f"sqlite:///{tmp_path}/plain.sqlite", "a secret")
    plain.create_tables(app)
    return app


def stored(app: Flask) -> list[Any]:
    """Return the orders that are stored."""
    with app.app_context():
        return list(plain.db.session.scalars(select(plain.Request.order_id)))


def test_it_has_the_fields_of_the_portals_form(form: Flask) -> None:
    with form.test_request_context():
        theirs = set(plain.RequestForm()._fields)
    typed_in = set(typed()) | {"screenshots"}
    assert theirs - {"csrf_token"} == typed_in
    assert typed_in <= {name for name in dir(TicketForm) if not name.startswith("_")}
    assert set(Filing.__dataclass_fields__) - {"told"} <= typed_in


def test_it_stores_a_form_as_a_browser_sends_it_once(form: Flask) -> None:
    (sent,) = filled(opened(form, plain.PATH, PUBLIC_URL, browsers=1), 1, form)
    body = sent.body.encode()
    headers = {"Cookie": sent.cookie, "Content-Type": sent.media_type}
    answer = form.test_client(use_cookies=False).post(plain.PATH, data=body, headers=headers)
    assert answer.status_code == 303, answer.text
    assert len(stored(form)) == 1


@pytest.mark.parametrize("wrong", [{"csrf_token": "forged"}, {"order_id": "no order"}, {"reason": "short"}])
def test_it_refuses_what_is_forged_or_wrong(form: Flask, wrong: dict[str, str]) -> None:
    client = form.test_client()
    written = opened(form, plain.PATH, PUBLIC_URL, browsers=1)[0]
    client.set_cookie("session", written.cookie.partition("=")[2], domain="127.0.0.1")
    answer = client.post(plain.PATH, data={**typed(), **written.written, **wrong}, base_url=PUBLIC_URL)
    assert answer.status_code in (400, 422)
    assert stored(form) == []


def test_its_database_is_as_durable_as_the_portals(form: Flask) -> None:
    with form.app_context():
        asked = {name: plain.db.session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        assert asked == {"journal_mode": "wal", "synchronous": 2}
        assert plain.db.engine.dialect.loaded_dbapi is sqlite.module()
