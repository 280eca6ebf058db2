"""Webhooks: the main site is called when a ticket's state changes, once, signed, with no word of the customer's."""

from __future__ import annotations

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from flask import Flask

from portal import webhooks
from portal.clock import now
from portal.concerns import Carrier
from portal.extensions import db
from portal.keys import Keyring
from portal.models import Webhook
from portal.policy import OPEN
from tests.answering import DECLINE
from tests.build import KEYS
from tests.colleague import Colleague
from tests.hook_server import Hooks, hooks, status
from tests.shift import Shift, written
from tests.standard_webhooks import Unverified, verify
from tests.stored import RIGHT, filed, secret_link, ticket

EMAIL = "customer@example.com"
EXAMPLE = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "body": '{"test": 2432232314}',
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""The example by which implementations of Standard Webhooks are compared."""


def added(app: Flask, hook: Hooks, keys: Keyring | None = None) -> str:
    """Add a server's address to the webhooks; return the secret."""
    with app.app_context():
        return webhooks.add(hook.url, keys or app.extensions["portal"].keys, now())[1]


def test_a_change_of_state_calls_each_working_webhook_once(each_app: Flask) -> None:
    with hooks() as first, hooks() as second, hooks() as withdrawn:
        for hook in (first, second, withdrawn):
            added(each_app, hook)
        with each_app.app_context():
            webhooks.withdraw(3, now())
        filed(each_app)
        shift = Shift(each_app)
        shift.work()
        shift.work(timedelta(days=1))
        assert [len(hook.calls) for hook in (first, second, withdrawn)] == [1, 1, 0]
    assert [notice.state for notice in written(each_app, Carrier.WEBHOOK)] == ["sent", "sent"]


def test_a_call_says_where_the_ticket_was_and_where_it_went(each_app: Flask) -> None:
    with hooks() as hook:
        secret = added(each_app, hook)
        reference = filed(each_app)
        Colleague(each_app).act(reference, "answer", **DECLINE)
        shift = Shift(each_app)
        shift.work()
    with each_app.app_context():
        moves = [(event.at, event.state) for event in ticket(reference).events]
    said = [json.loads(call.body) for call in hook.calls]
    assert [(call["data"]["previous_state"], call["data"]["state"]) for call in said] == [
        (None, "received"),
        ("received", "in_review"),
        ("in_review", "declined"),
    ]
    for call, body, (at, state) in zip(hook.calls, said, moves, strict=True):
        assert (body["type"], body["data"]["reference"], body["data"]["order_id"], body["data"]["open"]) == (
            *("ticket.state_changed", reference, RIGHT["order_id"]),
            state in OPEN,
        )
        assert body["timestamp"] == at.isoformat().replace("+00:00", "Z")
        assert (call.path, call.headers["Content-Type"]) == ("/hooks", "application/json")
        verify(secret, dict(call.headers.items()), call.body, shift.at.timestamp())


def test_a_call_holds_nothing_of_the_customers(app: Flask) -> None:
    with hooks() as hook:
        added(app, hook)
        reference = filed(app, email=EMAIL, reference="A note of theirs")
        Shift(app).work()
    (call,) = hook.calls
    whole = f"{call.path} {call.headers} {call.body.decode()}"
    token = secret_link(app, reference).rpartition("/")[2]
    assert not [told for told in (RIGHT["reason"], RIGHT["link"], EMAIL, "theirs", token) if told in whole]


def test_what_changes_no_state_calls_nothing(app: Flask) -> None:
    with hooks() as hook:
        reference = filed(app)
        added(app, hook)
        olena = Colleague(app)
        olena.act(reference, "note", note="Strange fellow")
        filed(app)
        Shift(app).work()
        assert hook.calls == []
        olena.act(reference, "take")
        Shift(app).work()
        assert [json.loads(call.body)["data"]["state"] for call in hook.calls] == ["in_review"]


def test_a_call_is_made_while_no_transaction_is_open(each_app: Flask) -> None:
    with hooks() as hook:
        added(each_app, hook)
        filed(each_app)
        with each_app.app_context():
            pool = db.engine.pool
        busy: list[str] = []

        def taken(handler: BaseHTTPRequestHandler) -> None:
            busy.append(pool.status())
            status(204)(handler)

        hook.answer = taken
        Shift(each_app).work()
    (found,) = busy
    assert "checked out connections: 0" in found.lower()


def test_the_published_example_is_signed_as_published() -> None:
    id_, timestamp, body = EXAMPLE["webhook-id"], int(EXAMPLE["webhook-timestamp"]), EXAMPLE["body"].encode()
    assert webhooks.signature(EXAMPLE["secret"], id_, timestamp, body) == EXAMPLE["webhook-signature"]
    verify(EXAMPLE["secret"], EXAMPLE, body, timestamp)


@pytest.mark.parametrize("apart", [-301, 301])
def test_an_old_call_is_not_believed(apart: int) -> None:
    with pytest.raises(Unverified, match="old"):
        verify(EXAMPLE["secret"], EXAMPLE, EXAMPLE["body"].encode(), int(EXAMPLE["webhook-timestamp"]) + apart)


def test_a_changed_call_or_one_of_another_secret_is_not_believed(app: Flask) -> None:
    with hooks() as hook, hooks() as other:
        secret, another = added(app, hook), added(app, other)
        filed(app)
        shift = Shift(app)
        shift.work()
    headers, body, at = dict(hook.calls[0].headers.items()), hook.calls[0].body, shift.at.timestamp()
    assert secret != another
    verify(secret, headers, body, at)
    changed = body.replace(b"received", b"canceled")
    for told in (
        (another, headers, body),
        (secret, headers, changed),
        (secret, {**headers, "webhook-id": headers["webhook-id"] + "0"}, body),
        (secret, {**headers, "webhook-timestamp": str(int(at) + 1)}, body),
    ):
        with pytest.raises(Unverified, match="signed otherwise"):
            verify(*told, at)


def test_a_webhook_keeps_its_secret_while_secret_keys_are_changed(each_app: Flask) -> None:
    old = Keyring(KEYS.keys[1:])
    with hooks() as hook:
        secret = added(each_app, hook, keys=old)
        filed(each_app)
        shift = Shift(each_app, keys=KEYS)
        shift.work()
    verify(secret, dict(hook.calls[0].headers.items()), hook.calls[0].body, shift.at.timestamp())


def test_a_secret_is_changed_by_adding_the_address_again_and_withdrawing_the_first(app: Flask) -> None:
    with hooks() as hook:
        secrets = [added(app, hook), added(app, hook)]
        filed(app)
        shift = Shift(app)
        shift.work()
        assert len(hook.calls) == len({call.headers["webhook-id"] for call in hook.calls}) == 2
        for secret, call in zip(secrets, hook.calls, strict=True):
            verify(secret, dict(call.headers.items()), call.body, shift.at.timestamp())
        with app.app_context():
            webhooks.withdraw(1, now())
        filed(app, order_id="2")
        shift.work(timedelta(minutes=1))
        verify(secrets[1], dict(hook.calls[2].headers.items()), hook.calls[2].body, shift.at.timestamp())
    assert len(hook.calls) == 3


def test_the_database_alone_signs_nothing(app: Flask) -> None:
    with hooks() as hook:
        secret = added(app, hook)
    with app.app_context():
        kept = repr(db.session.query(Webhook.url, Webhook.nonce, Webhook.key_id).all())
    assert secret.removeprefix("whsec_") not in kept
