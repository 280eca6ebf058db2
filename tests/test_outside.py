"""Whether the portal lives and is ready, as machines ask it: by any name, without a cookie, in no language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text, update

from portal import migrated
from portal.app import MIGRATIONS
from portal.clock import now
from portal.extensions import db
from portal.models import Notice
from tests.conftest import AppWith
from tests.databases import Databases, running
from tests.page import Page
from tests.stored import filed
from tests.test_faults import locked
from tests.visitor import Visitor

ADDRESSES = ("/livez", "/readyz", "/metrics")
TOKEN = "a-token-of-the-operator-0123456789"
WANTED = migrated.head(MIGRATIONS)


def ready(app: Flask, status: int = 200) -> dict[str, object]:
    """Return what the portal says of its readiness, under this status."""
    page = Visitor(app).visit("/readyz", status=status)
    assert page.headers["Content-Type"] == "application/json"
    return dict(page.json)


def run(app: Flask, statement: str) -> None:
    """Run a statement in the database."""
    with app.app_context():
        db.session.execute(text(statement))
        db.session.commit()


def test_a_portal_that_answers_lives(app: Flask) -> None:
    page = Visitor(app).visit("/livez")
    assert (page.html, page.headers["Content-Type"]) == ("The portal lives.\n", "text/plain; charset=utf-8")
    assert Visitor(app).open("/livez", method="HEAD").status == 200


def test_it_lives_though_there_is_no_database(app_with: AppWith) -> None:
    app = app_with(database_url="postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    assert Visitor(app).visit("/livez").status == 200
    assert ready(app, 503) == {"ready": False, "database": False, "migration": None, "wanted_migration": WANTED}


def test_a_migrated_portal_is_ready_and_says_of_no_notice_that_it_is_due(each_app: Flask) -> None:
    assert ready(each_app) == {
        "ready": True,
        "database": True,
        "migration": WANTED,
        "wanted_migration": WANTED,
        "oldest_due_notice_seconds": 0.0,
    }


def test_a_database_without_tables_is_not_ready(databases: Databases, app_with: AppWith) -> None:
    with databases.empty() as url, running(app_with(database_url=url)) as app:
        assert ready(app, 503) == {"ready": False, "database": True, "migration": None, "wanted_migration": WANTED}


@pytest.mark.parametrize("other", ["0004", "9999"])
def test_a_database_at_another_migration_is_not_ready(each_app: Flask, other: str) -> None:
    run(each_app, f"UPDATE alembic_version SET version_num = '{other}'")
    assert ready(each_app, 503) == {"ready": False, "database": True, "migration": other, "wanted_migration": WANTED}


def test_the_last_migration_is_the_one_that_alembic_finds(app: Flask) -> None:
    with app.app_context():
        config = app.extensions["migrate"].migrate.get_config()
        assert ScriptDirectory.from_config(config).get_current_head() == WANTED


def test_the_oldest_notice_that_is_due_is_told_and_makes_nothing_unready(each_app: Flask) -> None:
    filed(each_app, email="anna@example.com", at=now() - timedelta(hours=2))
    filed(each_app, order_id="2", email="anna@example.com", at=now() - timedelta(hours=1))
    age = ready(each_app)["oldest_due_notice_seconds"]
    assert isinstance(age, float)
    assert 7200 <= age < 7260


def test_a_notice_that_is_due_later_is_not_told(each_app: Flask) -> None:
    filed(each_app, email="anna@example.com")
    with each_app.app_context():
        db.session.execute(update(Notice).values(next_at=now() + timedelta(hours=1)))
        db.session.commit()
    assert ready(each_app)["oldest_due_notice_seconds"] == 0.0


def test_a_portal_is_ready_while_another_writes(app_with: AppWith) -> None:
    app = app_with()
    with locked(app):
        assert ready(app)["ready"] is True


def test_the_addresses_answer_by_any_name_and_no_other_does(app_with: AppWith) -> None:
    app = app_with(public_url="https://help.shop.example", proxies=0, metrics_token=TOKEN)
    machine = Visitor(app, base_url="http://10.0.0.5:8000")
    sent = {"Authorization": f"Bearer {TOKEN}"}
    assert [machine.open(path, headers=sent).status for path in ADDRESSES] == [200, 200, 200]
    for path in ("/", "/en/tickets/new", "/livez/", "/en/livez", "/staff/", "/nothing"):
        assert machine.open(path, headers=sent).status == 400, path


def plain(page: Page) -> bool:
    """Return whether an answer sets no cookie, is not kept, and is the same for every reader."""
    headers = page.headers
    told = [name for name in ("Set-Cookie", "Vary", "ETag", "Content-Language") if name in headers]
    return headers["Cache-Control"] == "no-store" and not told


@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_addresses_set_no_cookie_are_not_kept_and_speak_no_language(app_with: AppWith, language: str) -> None:
    visitor = Visitor(app_with(metrics_token=TOKEN), language=language)
    visitor.visit("/en/tickets/new")  # from here on the browser has a session
    for path in ADDRESSES:
        page = visitor.visit(path, headers={"Authorization": f"Bearer {TOKEN}"})
        assert plain(page), path
        assert page.response.get_data().isascii()
    assert plain(visitor.visit("/metrics", status=401))


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_addresses_take_nothing(app_with: AppWith, path: str) -> None:
    page = Visitor(app_with(metrics_token=TOKEN)).post(path, {"a": "b"})
    assert page.status in (400, 405)
