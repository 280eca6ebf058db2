"""What becomes of objects in the bucket that nobody needs: swept by the worker, each before its row; no other goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from portal import evidence
from portal.clock import now
from portal.extensions import db
from portal.files.s3 import S3
from portal.models import Picture, Ticket
from portal.outbox import checks
from tests.build import picture, upload
from tests.carrying import Carriers
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import filed_with, pictures_on, sent_with
from tests.post_office import PostOffice
from tests.s3_server import NOBODY_ANSWERS, Shelf
from tests.stored import ticket
from tests.visitor import Visitor

YESTERDAY = timedelta(hours=25)
NO_GIVING = {
    "sqlite": "CREATE TRIGGER no BEFORE UPDATE ON pictures BEGIN SELECT RAISE(ABORT, 'no'); END",
    "postgresql": "ALTER TABLE pictures ADD CONSTRAINT nobodys CHECK (browser IS NULL)",
}
"""What has the database refuse to give a stored picture to its browser."""
GIVING = {
    "sqlite": "DROP TRIGGER no",
    "postgresql": "ALTER TABLE pictures DROP CONSTRAINT nobodys",
}


@pytest.fixture
def there(app_with: AppWith, database_url: str, shelf: Shelf) -> Flask:
    """A portal whose screenshots lie in the bucket, on each kind of database in turn."""
    return app_with(database_url=database_url, files_url=shelf.bucket)


def passes(app: Flask, time: timedelta = YESTERDAY) -> None:
    """Have each picture be so much older."""
    with app.app_context():
        for found in db.session.scalars(select(Picture)):
            found.stored_at -= time
        db.session.commit()


def worked(app: Flask) -> Carriers:
    """Have a worker of the app do what is due; return it."""
    with PostOffice() as post:
        carriers = Carriers(app, post)
        carriers.work()
    return carriers


def names(app: Flask) -> list[str]:
    """Return the names of the objects that rows name."""
    with app.app_context():
        return sorted(db.session.scalars(select(Picture.file).where(Picture.file.is_not(None))))


def does(app: Flask, statements: dict[str, str]) -> None:
    """Run the database's own of these statements."""
    with app.app_context():
        db.session.execute(text(statements[db.engine.dialect.name]))
        db.session.commit()


def test_a_screenshot_that_waited_a_day_is_swept_and_one_of_a_ticket_is_not(there: Flask, shelf: Shelf) -> None:
    visitor = Visitor(there)
    sent_with(Visitor(there), upload(), order_id="")
    page = filed_with(visitor, upload(content=picture(size=(99, 9))))
    worked(there)
    assert len(shelf.names()) == 2
    passes(there)
    sent_with(Visitor(there), upload(), order_id="")
    worked(there)
    assert shelf.names() == names(there)
    assert len(shelf.names()) == 2
    assert visitor.visit(pictures_on(page)[0]).status == 200


def test_what_lies_there_when_the_database_fails_is_swept_a_day_later(there: Flask, shelf: Shelf) -> None:
    does(there, NO_GIVING)
    assert sent_with(Visitor(there), upload()).status == 500
    does(there, GIVING)
    assert shelf.names() == names(there)
    worked(there)
    assert len(shelf.names()) == 1
    passes(there)
    worked(there)
    assert shelf.names() == names(there) == []


def test_more_than_a_browser_may_keep_is_swept(there: Flask, shelf: Shelf) -> None:
    with there.app_context():
        drawn, files = [evidence.redraw(picture())] * 2, there.extensions["portal"].files
        for minutes in (9, 6, 3):
            evidence.keep(drawn, "mine", now() - timedelta(minutes=minutes), files=files)
            db.session.commit()
        assert len(db.session.scalars(select(Picture).where(Picture.browser == "mine")).all()) == 3
    assert len(shelf.names()) == 6
    with there.app_context():
        db.session.execute(update(Picture).where(Picture.browser.is_(None)).values(stored_at=now() - YESTERDAY))
        db.session.commit()
    worked(there)
    assert len(shelf.names()) == 3
    assert shelf.names() == names(there)


def test_screenshots_that_are_taken_out_of_a_ticket_go_wherever_they_lie(
    app_with: AppWith, database_url: str, shelf: Shelf
) -> None:
    filed_with(Visitor(app_with(database_url=database_url)), upload(), order_id="1")
    there = app_with(database_url=database_url, files_url=shelf.bucket)
    filed_with(Visitor(there), upload(), order_id="2")
    kept = filed_with(Visitor(there), upload(), order_id="3").path.rpartition("/")[2]
    passes(there)
    with there.app_context():
        others = select(Ticket.id).where(Ticket.id != ticket(kept).id)
        evidence.delete_of(db.session.scalars(others).all())
        db.session.commit()
        assert len(db.session.scalars(select(Picture)).all()) == 2
    worked(there)
    olena = Colleague(there)
    assert shelf.names() == names(there)
    assert olena.visit(pictures_on(olena.ticket(kept))[0]).status == 200


def test_rows_stay_while_the_bucket_does_not_answer_and_go_when_it_does(there: Flask, shelf: Shelf) -> None:
    sound = there.extensions["portal"]
    sent_with(Visitor(there), upload(), order_id="")
    passes(there)
    there.extensions["portal"] = replace(sound, files=S3(NOBODY_ANSWERS))
    worked(there)
    assert shelf.names() == names(there) != []
    there.extensions["portal"] = sound
    worked(there)
    assert shelf.names() == names(there) == []


def test_an_object_that_is_gone_already_keeps_no_row(there: Flask, shelf: Shelf) -> None:
    sent_with(Visitor(there), upload(), order_id="")
    shelf.loses(shelf.names()[0])
    passes(there)
    worked(there)
    assert names(there) == []


def test_a_worker_says_whether_the_bucket_works_and_staff_see_where_not(there: Flask, shelf: Shelf) -> None:
    log = worked(there).log.lines
    assert ("files are kept", {"files": str(shelf.bucket)}) in log
    assert shelf.names() == []
    olena = Colleague(there)
    assert str(shelf.bucket) not in olena.visit("/staff/").text
    there.extensions["portal"] = replace(there.extensions["portal"], files=S3(NOBODY_ANSWERS))
    log = worked(there).log.lines
    assert ("files are not kept", {"files": "s3://shots", "fault": "unreachable", "code": ""}) in log
    assert "“s3://shots” does not work: The server could not be reached." in olena.visit("/staff/").text


def test_a_worker_without_a_bucket_says_nothing_of_one(app: Flask) -> None:
    worked(app)
    with app.app_context():
        assert "files" not in {check.name for check in checks()}
