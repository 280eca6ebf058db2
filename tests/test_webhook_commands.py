"""The command line of webhooks: added, listed and withdrawn; an address that cannot be is refused plainly."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.models import Webhook
from tests.filing import rows
from tests.hook_server import hooks
from tests.shift import Shift
from tests.standard_webhooks import verify
from tests.stored import filed
from tests.test_commands import flask

SUCH = "the address should be such as https://shop.example.com/hooks/tickets, without a password"
HTTPS = "the address should begin with https:// unless it is on this machine itself"


def test_webhooks_are_added_listed_and_withdrawn_by_command(each_app: Flask) -> None:
    with hooks() as hook:
        made = flask(each_app, "webhook", "add", hook.url)
        first, secret = made.output.splitlines()
        assert first == "Webhook 1 is called from now on. Its secret cannot be shown again:"
        filed(each_app)
        shift = Shift(each_app)
        shift.work()
        verify(secret, dict(hook.calls[0].headers.items()), hook.calls[0].body, shift.at.timestamp())
        listed = flask(each_app, "webhook", "list").output
        assert listed.startswith(f"1\t{hook.url}\t20")
        assert listed.endswith("\tis called\n")
        assert secret not in listed
        assert flask(each_app, "webhook", "withdraw", "1").output == "Webhook 1 is withdrawn.\n"
        assert "\twithdrawn 20" in flask(each_app, "webhook", "list").output
        filed(each_app, order_id="2")
        shift.work()
        assert len(hook.calls) == 1


def test_a_webhook_that_is_withdrawn_twice_keeps_its_moment(app: Flask) -> None:
    flask(app, "webhook", "add", "https://shop.example.com/hooks")
    flask(app, "webhook", "withdraw", "1")
    listed = flask(app, "webhook", "list").output
    assert flask(app, "webhook", "withdraw", "1").exit_code == 0
    assert flask(app, "webhook", "list").output == listed


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://shop.example.com/hooks", HTTPS),
        ("http://127.0.0.1.example.com/hooks", HTTPS),
        ("ftp://shop.example.com/hooks", HTTPS),
        ("https://name:password@shop.example.com/", SUCH),
        ("https://:password@shop.example.com/", SUCH),
        ("https://name@shop.example.com/", SUCH),
        ("https://shop.example.com/#part", SUCH),
        ("https://shop.example.com:99999/", SUCH),
        ("https://shop.example.com:0/", SUCH),
        ("https://[::1/", SUCH),
        ("https://shop.example.com/a b", SUCH),
        ("https://shop.example.com/\n", SUCH),
        ("https://крамниця.example/", SUCH),
        ("shop.example.com", SUCH),
        ("https://", SUCH),
        ("", SUCH),
    ],
)
def test_an_address_that_cannot_be_called_is_refused(app: Flask, url: str, says: str) -> None:
    result = flask(app, "webhook", "add", url)
    assert (result.exit_code, result.output) == (1, f"Error: {says}\n")
    assert rows(app, Webhook) == [0]


@pytest.mark.parametrize("url", ["http://localhost:8080/", "http://[::1]:8080/", "https://shop.example.com:8443/?a=b"])
def test_an_address_on_this_machine_may_do_without_https(app: Flask, url: str) -> None:
    assert flask(app, "webhook", "add", url).exit_code == 0


@pytest.mark.parametrize(
    ("number", "says"), [("9", "there is no webhook 9"), ("0", "is not in the range"), ("x", "is not")]
)
def test_a_webhook_that_is_not_there_cannot_be_withdrawn(app: Flask, number: str, says: str) -> None:
    result = flask(app, "webhook", "withdraw", number)
    assert result.exit_code in (1, 2)
    assert says in result.output
