"""When the bucket fails: what was typed is still there, requests go on without pictures, and nobody is held up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

import pytest
from flask import Flask

from portal.files import Files, Unreachable, Why
from portal.files.s3 import AT_ONCE, S3
from portal.models import Ticket
from portal.settings import Bucket
from tests.build import typed, upload
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import FORM, file, filed_with, page_of, pictures_on, rows, sent_with
from tests.s3_server import KEYS, NOBODY_ANSWERS, QUICK, Server, Shelf, Silent
from tests.visitor import Visitor

pytestmark = pytest.mark.usefixtures("s3")  # its keys stand in the environment
NOT_KEPT = "Your screenshots could not be kept just now. Choose them again in a minute, or send without them"
NOT_KEPT_UK = "Зараз не вдалося зберегти ваші знімки екрана. Виберіть їх ще раз за хвилину або надішліть без них"
NOT_SHOWN = "The screenshot cannot be shown at the moment"
BEGUN = (
    b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nETag: "e"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n\r\nRIFF'
)


@pytest.fixture
def there(app_with: AppWith, shelf: Shelf) -> Flask:
    """A portal whose screenshots lie in the bucket."""
    return app_with(files_url=shelf.bucket)


@contextmanager
def _down(_shelf: Shelf, _s3: Server) -> Iterator[Files]:
    yield S3(NOBODY_ANSWERS)


@contextmanager
def _hanging(_shelf: Shelf, _s3: Server) -> Iterator[Files]:
    with Silent() as silent:
        yield S3(silent.bucket, QUICK)


@contextmanager
def _without_bucket(_shelf: Shelf, s3: Server) -> Iterator[Files]:
    yield S3(Bucket("never-made", "", s3.url))


@contextmanager
def _refusing_the_keys(shelf: Shelf, s3: Server) -> Iterator[Files]:
    with s3.knowing_no_key():
        yield S3(shelf.bucket)


FAULTS = {
    "down": (_down, "unreachable"),
    "hanging": (_hanging, "unreachable"),
    "without the bucket": (_without_bucket, "missing NoSuchBucket"),
    "refusing the keys": (_refusing_the_keys, "refused InvalidAccessKeyId"),
}


@contextmanager
def failing(app: Flask, kind: str, shelf: Shelf, s3: Server) -> Iterator[str]:
    """Have the portal's store fail for a while; give what its log is to say of it."""
    sound = app.extensions["portal"]
    make, said = FAULTS[kind]
    with make(shelf, s3) as files:
        app.extensions["portal"] = replace(sound, files=files)
        yield said
    app.extensions["portal"] = sound


@pytest.mark.parametrize("kind", FAULTS)
def test_a_form_comes_back_whole_where_its_screenshot_cannot_be_kept_and_goes_through_without(
    there: Flask, shelf: Shelf, s3: Server, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Visitor(there)
    with failing(there, kind, shelf, s3) as said, caplog.at_level(logging.ERROR):
        page = sent_with(visitor, upload(), upload())
        assert (page.status, page.errors) == (422, {"screenshots": NOT_KEPT})
        form = page.form(FORM)
        assert (form.fields["reason"], form.choices("kept")) == (typed()["reason"], [])
        assert f"screenshots could not be kept: {said}\n" in caplog.text
        assert not any(secret in page.html + caplog.text for secret in KEYS.values())
        assert rows(there, Ticket) == [0]
        assert visitor.send_form(page, form=FORM).status == 303
    assert rows(there, Ticket) == [1]


@pytest.mark.parametrize("kind", FAULTS)
def test_a_screenshot_that_cannot_be_read_just_now_is_a_503_and_shows_no_trace(
    there: Flask, shelf: Shelf, s3: Server, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    visitor, olena = Visitor(there), Colleague(there)
    ticket = filed_with(visitor, upload())
    desk = olena.ticket(ticket.path.rpartition("/")[2])
    with failing(there, kind, shelf, s3) as said, caplog.at_level(logging.ERROR):
        for browser, seen in ((visitor, ticket), (olena, desk)):
            page = browser.visit(pictures_on(seen)[0], status=503)
            assert (page.h1, page.headers["Retry-After"]) == (NOT_SHOWN, "30")
            assert not any(inside in page.html for inside in ("Traceback", "obstore", "shots", *KEYS.values()))
            assert browser.visit(seen.path).status == 200
    assert caplog.text.count(f"a screenshot could not be read: {said}\n") == 2
    for browser, seen in ((visitor, ticket), (olena, desk)):
        assert browser.visit(pictures_on(seen)[0]).status == 200


def test_the_words_of_it_are_there_in_ukrainian(there: Flask, shelf: Shelf, s3: Server) -> None:
    visitor = Visitor(there, language="uk")
    with failing(there, "down", shelf, s3):
        page = visitor.send("/uk/tickets/new", typed(), forged={"screenshots": [upload()]})
    assert page.errors == {"screenshots": NOT_KEPT_UK}


def test_a_message_comes_back_whole_where_its_screenshot_cannot_be_kept(there: Flask, shelf: Shelf, s3: Server) -> None:
    visitor = Visitor(there)
    path = page_of(file(visitor))
    with failing(there, "down", shelf, s3):
        sent = {"screenshots": [upload()]}
        page = visitor.send_form(visitor.visit(path), {"text": "It is here."}, form="message", forged=sent)
        assert (page.status, page.errors) == (422, {"screenshots": NOT_KEPT})
        assert page.form("message").fields["text"] == "It is here."
        assert visitor.send_form(page, form="message").status == 303
    assert "It is here." in visitor.visit(path).text


def test_screenshots_that_were_kept_before_stay_kept_while_the_bucket_fails(
    there: Flask, shelf: Shelf, s3: Server
) -> None:
    visitor = Visitor(there)
    page = sent_with(visitor, upload(), order_id="")
    with failing(there, "down", shelf, s3):
        page = visitor.send_form(page, {"order_id": "5"}, form=FORM, forged={"screenshots": [upload()]})
        assert (page.status, len(page.form(FORM).choices("kept"))) == (422, 1)
        answer = visitor.send_form(page, form=FORM)
    ticket = visitor.visit(page_of(visitor.visit(str(answer.location))))
    assert len(pictures_on(ticket)) == 1


def test_a_screenshot_that_is_lost_in_the_bucket_is_a_503_and_a_line_of_the_log(
    there: Flask, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = Visitor(there)
    [address] = pictures_on(filed_with(visitor, upload()))
    shelf.loses(shelf.names()[0])
    with caplog.at_level(logging.ERROR):
        visitor.visit(address, status=503)
    assert "a screenshot could not be read: missing NoSuchKey" in caplog.text


def why(call: Callable[[], object]) -> Why:
    """Return why a store does not do what it is asked to."""
    with pytest.raises(Unreachable) as raised:
        call()
    return raised.value.why


def test_a_bucket_that_stops_in_the_middle_of_a_picture_is_not_waited_for() -> None:
    with Silent(says=BEGUN) as stalls:
        assert why(lambda: S3(stalls.bucket, QUICK).get("x")) is Why.UNREACHABLE


def test_what_comes_while_a_few_calls_hang_is_told_so_and_does_not_hang_too() -> None:
    found: list[Why] = []
    with Silent() as silent:
        store = S3(silent.bucket)
        calls = [Thread(target=lambda: found.append(why(lambda: store.get("x")))) for _ in range(AT_ONCE)]
        for call in calls:
            call.start()
        silent.wait_for(AT_ONCE)
        assert why(lambda: store.put("y", b"")) is Why.BUSY
    for call in calls:
        call.join()
    assert found == [Why.UNREACHABLE] * AT_ONCE


def test_an_object_is_never_overwritten(shelf: Shelf) -> None:
    store = S3(shelf.bucket)
    store.put("a", b"first")
    assert why(lambda: store.put("a", b"second")) is Why.REFUSED
    assert shelf.content("a") == b"first"
