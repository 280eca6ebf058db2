"""What was not sent is found by its index, however many notices were: with each of staff's lists it is counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from portal.outbox import after


@pytest.mark.parametrize(
    "ask", [lambda: after.unsent_count(1000), lambda: after.unsent_page(None), after.unsent_by_state]
)
def test_what_was_not_sent_is_found_by_its_index(app: Flask, ask: Callable[[], Any]) -> None:
    asked: list[tuple[str, Any]] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda _c, _r, sql, given, *_: asked.append((sql, given)))
        ask()
        (sql, given) = asked[-1]
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given).all()
    assert "ix_notices_unsent" in str(plan)
