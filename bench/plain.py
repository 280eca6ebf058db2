"""A plain form, as anybody would write it with Flask-WTF and Flask-SQLAlchemy: it stores one row, and answers 303.

It has the fields of the portal's form, and the usual validators; its database is as durable as the portal's.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask, redirect, render_template_string
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect, FlaskForm
from sqlalchemy import Engine, String, Text, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.wrappers import Response
from wtforms import BooleanField, FileField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, Regexp

from portal import sqlite
from portal.filing import Problem
from portal.forms.fields import Known
from portal.policy import Status

PATH = "/tickets/new"
DATABASE, SECRET = "PLAIN_DATABASE_URL", "PLAIN_SECRET"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON")
PAGE = """\
<!doctype html><title>Request</title>
<form method="post" enctype="multipart/form-data">
{% for field in form %}<p>{{ field.label }} {{ field }} {{ field.errors | join }}</p>
{% endfor %}<button>Send</button>
</form>
"""

db = SQLAlchemy()


class Base(DeclarativeBase):
    """What the model derives from."""


class Request(Base):
    """What was sent."""

    __tablename__ = "requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    order_id: Mapped[str] = mapped_column(String(40), index=True)
    service_name: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str] = mapped_column(String(20))
    link_changed: Mapped[str] = mapped_column(String(10))
    duplicate_order: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(254))
    understood: Mapped[bool]
    keep_target: Mapped[bool]


def _choices(values: type[StrEnum]) -> list[SelectChoice]:
    return [SelectChoice(value=value.value, label=value.value) for value in values]


class RequestForm(FlaskForm):
    """The form."""

    order_id = StringField("Order ID", [DataRequired(), Length(max=40), Regexp(r"^[A-Za-z0-9_-]+$")])
    service_name = StringField("Service name", [DataRequired(), Length(max=200)])
    link = StringField("Link", [DataRequired(), Length(max=2000)])
    status = RadioField("Status", [DataRequired()], choices=_choices(Status))
    problem = RadioField("Problem", [DataRequired()], choices=_choices(Problem))
    link_changed = RadioField("Link changed?", [Optional()], choices=_choices(Known))
    duplicate_order = RadioField("Ordered twice?", [Optional()], choices=_choices(Known))
    reason = TextAreaField("Reason", [DataRequired(), Length(min=10, max=2000)])
    reference = StringField("Reference", [Optional(), Length(max=200)])
    screenshots = FileField("Screenshots", [Optional()])
    email = StringField("E-mail", [Optional(), Length(max=254), Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")])
    understood = BooleanField("Understood", [DataRequired()])
    keep_target = BooleanField("Link stays", [DataRequired()])


def create_app(database_url: str, secret: str) -> Flask:
    """Return the form as an app; its table is there after `create_tables`."""
    app = Flask(__name__)
    options: dict[str, Any] = {"module": sqlite.module()} if database_url.startswith("sqlite") else {}
    app.config.update(SECRET_KEY=secret, SQLALCHEMY_DATABASE_URI=database_url, SQLALCHEMY_ENGINE_OPTIONS=options)
    db.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        if options:
            _open_durably(db.engine)
    app.add_url_rule(PATH, view_func=new, methods=["GET", "POST"])
    app.add_url_rule("/tickets/<int:number>", view_func=ticket)
    return app


def create_tables(app: Flask) -> None:
    """Create the table."""
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.engine.dispose()


def new() -> Response | str | tuple[str, int]:
    """Show the form, or store what was sent."""
    form = RequestForm()
    if form.validate_on_submit():
        sent = {name: value or "" for name, value in form.data.items() if name not in ("csrf_token", "screenshots")}
        row = Request(at=datetime.now(UTC), **sent)
        db.session.add(row)
        db.session.commit()
        return redirect(f"/tickets/{row.id}", 303)
    return render_template_string(PAGE, form=form), 422 if form.errors else 200


def ticket(number: int) -> str:
    """Say that it is stored."""
    return f"Request {number}"


def _open_durably(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


if DATABASE in os.environ:
    app = create_app(os.environ[DATABASE], os.environ.get(SECRET) or secrets.token_hex())
