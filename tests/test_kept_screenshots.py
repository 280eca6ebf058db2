"""Screenshots of a form that came back: kept for the next try of the same browser, for a day, three at most."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from portal import evidence
from portal.clock import now
from portal.extensions import db
from portal.models import Picture, Ticket
from tests.build import picture, typed, upload
from tests.filing import (
    FORM,
    NEW,
    filed_with,
    nothing_stored,
    page_of,
    pictures_on,
    quick,
    rows,
    sent_with,
)
from tests.visitor import Visitor

GONE = "A screenshot that we kept from your last try is gone. Choose it again"


def test_pictures_of_a_refused_form_are_kept_for_the_next_try(app: Flask, visitor: Visitor) -> None:
    page = visitor.send(NEW, typed(order_id=""), forged={"screenshots": [upload(), upload()]})
    assert (page.status, len(page.form(FORM).choices("kept"))) == (422, 2)
    assert "choose them again" not in page.text
    assert rows(app, Ticket, Picture) == [0, 2]
    answer = visitor.send_form(page, {"order_id": "5"}, form=FORM, forged={"screenshots": [upload()]})
    ticket = visitor.visit(page_of(visitor.visit(str(answer.location))))
    assert len(pictures_on(ticket)) == 3


def test_a_kept_picture_that_is_unticked_makes_room_for_another(app: Flask, visitor: Visitor) -> None:
    page = visitor.send(NEW, typed(order_id=""), forged={"screenshots": [upload(), upload(), upload()]})
    first, second, _third = page.form(FORM).choices("kept")
    new = {"screenshots": [upload(content=picture(size=(99, 9)))]}
    answer = visitor.send_form(page, {"order_id": "5", "kept": [first, second]}, form=FORM, forged=new)
    ticket = visitor.visit(page_of(visitor.visit(str(answer.location))))
    sizes = [Image.open(BytesIO(visitor.visit(a).response.data)).size for a in pictures_on(ticket)]
    assert sizes == [(40, 30), (40, 30), (99, 9)]


@pytest.mark.parametrize("press", ["Check", "Українська"])
def test_pictures_are_kept_over_a_look_at_the_answer_and_the_other_language(visitor: Visitor, press: str) -> None:
    page = visitor.send(NEW, typed(), press=press, forged={"screenshots": [upload()]})
    assert (page.status, len(page.form(FORM).choices("kept"))) == (200, 1)


@pytest.mark.parametrize("why", ["a bad token", "too quick", "the honeypot"])
def test_pictures_are_not_kept_where_no_person_seems_to_have_sent_them(app: Flask, why: str) -> None:
    visitor = quick(app) if why == "too quick" else Visitor(app)
    bad = {"a bad token": {"csrf_token": "x"}, "the honeypot": {"website": "spam"}}.get(why, {})
    page = visitor.send(NEW, typed(order_id=""), forged={"screenshots": [upload()], **bad})
    assert page.form(FORM).choices("kept") == []
    assert "choose them again" in page.text
    assert nothing_stored(app)


def test_the_handle_of_another_browser_is_useless(app: Flask, visitor: Visitor) -> None:
    page = sent_with(visitor, upload(), order_id="")
    (handle,) = page.form(FORM).choices("kept")
    stranger = Visitor(app)
    for forged in (handle, handle + "x", "1", "1.new.x", "-1"):
        shown = stranger.send(NEW, typed(order_id=""), forged={"kept": forged})
        assert shown.form(FORM).choices("kept") == []
    answer = stranger.send(NEW, typed(), forged={"kept": handle})
    assert answer.error_for("screenshots") == GONE
    assert visitor.send_form(page, {"order_id": "5"}, form=FORM).status == 303


def test_a_handle_cannot_put_a_picture_into_a_second_ticket(app: Flask, visitor: Visitor) -> None:
    page = sent_with(visitor, upload(), order_id="")
    (handle,) = page.form(FORM).choices("kept")
    first = visitor.send_form(page, {"order_id": "5"}, form=FORM)
    assert len(pictures_on(visitor.visit(page_of(visitor.visit(str(first.location)))))) == 1
    second = visitor.send(NEW, typed(order_id="6"), forged={"kept": handle})
    assert (second.status, second.error_for("screenshots")) == (422, GONE)
    assert rows(app, Ticket) == [1]


def test_a_picture_that_waits_is_swept_after_a_day(each_app: Flask) -> None:
    drawn = [evidence.redraw(picture())]
    with each_app.app_context():
        evidence.keep(drawn, "yesterday's", now() - timedelta(hours=25))
        evidence.keep(drawn, "today's", now() - timedelta(hours=23))
        db.session.commit()
        evidence.keep(drawn, "another's", now())
        db.session.commit()
        assert sorted(str(b) for b in db.session.scalars(select(Picture.browser))) == ["another's", "today's"]


def test_a_picture_of_a_ticket_is_never_swept(app: Flask, visitor: Visitor) -> None:
    (address,) = pictures_on(filed_with(visitor, upload()))
    with app.app_context():
        db.session.execute(update(Picture).values(stored_at=now() - timedelta(days=400)))
        evidence.keep([evidence.redraw(picture())], "another's", now())
        db.session.commit()
    visitor.visit(address)


def test_at_most_three_pictures_wait_for_a_browser_but_those_of_the_last_minute(each_app: Flask) -> None:
    drawn, at = [evidence.redraw(picture())] * 2, now()
    with each_app.app_context():
        for minutes in (9, 6, 3):
            evidence.keep(drawn, "mine", at - timedelta(minutes=minutes))
            db.session.commit()
        assert len(db.session.scalars(select(Picture)).all()) == 3
        evidence.keep(drawn, "mine", at)
        evidence.keep(drawn, "mine", at + timedelta(seconds=1))
        db.session.commit()
        assert len(db.session.scalars(select(Picture)).all()) == 4
