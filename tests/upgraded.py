"""What a database holds, whatever version of the portal left it, and whether it is as this one wants it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_migrate import check
from sqlalchemy import MetaData, Table, inspect, select, text

from portal.extensions import db
from tests.colleague import Colleague


def contents(app: Flask) -> dict[str, list[str]]:
    """Return every row of every table that the database has now."""
    with app.app_context(), db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith("ticket_search")]
        tables = [Table(name, MetaData(), autoload_with=connection) for name in names]
        return {table.name: sorted(map(repr, connection.execute(select(table)).all())) for table in tables}


def whole(app: Flask, references: Sequence[str]) -> None:
    """Check that the database is as the models say, and that staff can open and find each of these tickets."""
    with app.app_context():
        check()
        if db.engine.dialect.name == "sqlite":
            db.session.execute(text("INSERT INTO ticket_search(ticket_search) VALUES ('integrity-check')"))
            db.session.rollback()
    olena = Colleague(app)
    for reference in references:
        assert reference in olena.ticket(reference).text
        assert olena.visit(f"/staff/?q={reference}").status == 200
