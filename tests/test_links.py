"""The secret link: made again from nonce and key, replaced by staff, dead without its key."""

from __future__ import annotations

from flask import Flask

from tests.build import SECRET_KEYS
from tests.colleague import Colleague
from tests.conftest import AppWith
from tests.filing import file, page_of, reference_of, secret_path
from tests.reading import attribute
from tests.visitor import Visitor


def test_staff_replace_a_link_and_the_old_one_dies_with_its_cookie(app: Flask, visitor: Visitor) -> None:
    filed = file(visitor)
    desk = Colleague(app)
    desk.act(reference_of(filed), "link")
    new = attribute(desk.ticket(reference_of(filed)).one("#new-link"), "value")
    visitor.visit(page_of(filed), status=403)
    visitor.visit(secret_path(filed), status=404)
    assert visitor.visit(new).path == page_of(filed)
    desk.act(reference_of(filed), "note", note="The link is passed on.")
    assert not desk.ticket(reference_of(filed)).all("#new-link")


def test_nobody_but_who_made_the_new_link_is_shown_it(app: Flask, visitor: Visitor) -> None:
    reference = reference_of(file(visitor))
    Colleague(app).act(reference, "link")
    assert not Colleague(app, "taras@example.com").ticket(reference).all("#new-link")


def test_a_link_works_no_longer_once_its_key_is_taken_away(app_with: AppWith) -> None:
    app = app_with()
    visitor = Visitor(app)
    filed = file(visitor)
    desk = Colleague(app)
    desk.act(reference_of(filed), "link")
    later = app_with(database_url=app.extensions["portal"].settings.database_url, secret_keys=SECRET_KEYS[1:])
    Visitor(later).visit(secret_path(filed), status=404)
    colleague = Colleague(later)
    assert not colleague.ticket(reference_of(filed)).all("#new-link")
    colleague.act(reference_of(filed), "link")
    new = attribute(colleague.ticket(reference_of(filed)).one("#new-link"), "value")
    Visitor(later).visit(new)
