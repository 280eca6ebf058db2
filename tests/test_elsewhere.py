"""Screenshots in a bucket: there and not in the database, shown as those of the database, beside them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import now
from portal.extensions import db
from portal.models import Picture
from tests.build import picture, upload
from tests.code_reading import ROOT
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import FORM, file, filed_with, page_of, pictures_on, sent_with
from tests.page import Page
from tests.s3_server import Shelf
from tests.visitor import Visitor

HEADERS = ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Cache-Control", "Content-Length")
WITHOUT = "import sys; from portal import create_app; create_app(); print('obstore' in sys.modules)"


@pytest.fixture
def there(app_with: AppWith, database_url: str, shelf: Shelf) -> Flask:
    """A portal whose screenshots lie in the bucket, on each kind of database in turn."""
    return app_with(database_url=database_url, files_url=shelf.bucket)


def stored(app: Flask) -> list[tuple[str | None, bytes]]:
    """Return under what name each picture lies elsewhere, and what of it lies in the database."""
    with app.app_context():
        return [(p.file, c) for p, c in db.session.execute(select(Picture, Picture.content).order_by(Picture.id))]


def shown(browser: Visitor, page: Page) -> list[bytes]:
    """Return the pictures on a page."""
    return [browser.visit(address).response.data for address in pictures_on(page)]


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """Return the same browser at another portal, or at the same one after a restart."""
    there = Visitor(app)
    there.client._cookies = visitor.client._cookies
    return there


def test_a_screenshot_lies_in_the_bucket_alone_and_is_shown_to_customer_and_staff(there: Flask, shelf: Shelf) -> None:
    visitor, olena = Visitor(there), Colleague(there)
    page = filed_with(visitor, upload(), upload(content=picture(size=(99, 9))))
    desk = olena.ticket(page.path.rpartition("/")[2])
    lying = stored(there)
    assert [content for _, content in lying] == [b"", b""]
    assert shelf.names() == sorted(str(name) for name, _ in lying)
    there_now = [shelf.content(str(name)) for name, _ in lying]
    assert shown(visitor, page) == shown(olena, desk) == there_now
    assert {content[8:12] for content in there_now} == {b"WEBP"}
    assert {shelf.media_type(name) for name in shelf.names()} == {"image/webp"}


def test_a_name_in_the_bucket_says_the_day_and_nothing_else(there: Flask, shelf: Shelf) -> None:
    began = now()
    filed_with(Visitor(there), upload("invoice of Anna.png"))
    [name] = shelf.names()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/[0-9a-f]{32}\.webp", name)
    assert name[:10] in {f"{began:%Y-%m-%d}", f"{now():%Y-%m-%d}"}


def test_a_screenshot_has_the_same_headers_wherever_it_lies(app: Flask, app_with: AppWith, shelf: Shelf) -> None:
    found = []
    for portal in (app, app_with(files_url=shelf.bucket)):
        visitor = Visitor(portal)
        got = visitor.visit(pictures_on(filed_with(visitor, upload()))[0])
        found.append({name: got.headers.get(name) for name in HEADERS})
    assert found[0] == found[1]


def test_a_screenshot_of_a_refused_form_waits_in_the_bucket_for_the_next_try(there: Flask, shelf: Shelf) -> None:
    visitor = Visitor(there)
    page = sent_with(visitor, upload(), order_id="")
    assert (page.status, len(page.form(FORM).choices("kept")), len(shelf.names())) == (422, 1, 1)
    answer = visitor.send_form(page, {"order_id": "5"}, form=FORM, forged={"screenshots": [upload()]})
    ticket = visitor.visit(page_of(visitor.visit(str(answer.location))))
    assert len(shown(visitor, ticket)) == len(shelf.names()) == 2


def test_a_screenshot_of_a_message_lies_in_the_bucket(there: Flask, shelf: Shelf) -> None:
    visitor = Visitor(there)
    path = page_of(file(visitor))
    sent = {"screenshots": [upload()]}
    assert visitor.send_form(visitor.visit(path), {"text": "Here."}, form="message", forged=sent).status == 303
    assert shown(visitor, visitor.visit(path)) == [shelf.content(name) for name in shelf.names()]


def test_what_lay_in_the_database_before_is_shown_beside_what_lies_in_the_bucket(
    app_with: AppWith, database_url: str, shelf: Shelf
) -> None:
    before = Visitor(app_with(database_url=database_url))
    page = sent_with(before, upload(), order_id="")
    filed_with(before, upload(content=picture(size=(70, 7))))
    there = app_with(database_url=database_url, files_url=shelf.bucket)
    after = moved(before, there)
    answer = after.send_form(page, {"order_id": "5"}, form=FORM, forged={"screenshots": [upload()]})
    ticket = after.visit(page_of(after.visit(str(answer.location))))
    assert len(set(shown(after, ticket))) == 1
    kept = stored(there)
    assert [name is None for name, _ in kept] == [bool(content) for _, content in kept] == [True, True, False]
    olena = Colleague(there)
    assert len(shown(olena, olena.ticket(ticket.path.rpartition("/")[2]))) == 2


def test_where_the_setting_is_taken_away_what_lies_in_the_database_is_still_shown(
    app_with: AppWith, database_url: str, shelf: Shelf
) -> None:
    references = [
        filed_with(Visitor(app_with(database_url=database_url, **more)), upload(), order_id=order).path
        for order, more in (("1", {}), ("2", {"files_url": shelf.bucket}))
    ]
    olena = Colleague(app_with(database_url=database_url))
    here, elsewhere = (pictures_on(olena.ticket(path.rpartition("/")[2]))[0] for path in references)
    olena.visit(here)
    page = olena.visit(elsewhere, status=503)
    assert (page.h1, page.headers["Retry-After"]) == ("The screenshot cannot be shown at the moment", "30")


def test_two_portals_on_one_database_show_each_others_screenshots(
    app_with: AppWith, database_url: str, shelf: Shelf
) -> None:
    one, other = (app_with(database_url=database_url, files_url=shelf.bucket) for _ in range(2))
    visitor = Visitor(one)
    page = sent_with(visitor, upload(), order_id="")
    visitor = moved(visitor, other)
    answer = visitor.send_form(page, {"order_id": "5"}, form=FORM)
    ticket = visitor.visit(page_of(visitor.visit(str(answer.location))))
    [seen] = shown(visitor, ticket)
    olena = Colleague(one)
    assert shown(olena, olena.ticket(ticket.path.rpartition("/")[2])) == [seen]


def test_a_bucket_that_nobody_named_costs_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("start")
    environment = {"PORTAL_SECRET_KEYS": f"k:{'n' * 40}", "PORTAL_DATABASE_URL": f"sqlite:///{folder}/p.sqlite"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "False\n", done.stderr
