"""Keys of the API: made, listed and withdrawn by command; without the right one nothing is told."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.api.scopes import Scope
from tests.calling import Program, key_with, problem, withdraw_all
from tests.filing import nothing_stored
from tests.stored import everything
from tests.test_commands import flask

ASK = {"status": "pending"}


@pytest.mark.parametrize("sent", [None, "", "portal_wrong", "ї", "a b", "x" * 5000])
def test_without_a_working_key_nothing_is_told(app: Flask, sent: str | None) -> None:
    stranger = Program(app, sent)
    for answer in (stranger.get("/policy"), stranger.file(), stranger.get("/tickets/ACD-EFHJ")):
        assert "Authorization: Bearer KEY" in problem(answer, 401)["detail"]
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert nothing_stored(app)


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "bearer ", "portal_x", "Bearer portal_x"])
def test_a_wrong_key_is_told_where_none_is_needed_too(app: Flask, header: str) -> None:
    told = problem(Program(app).post("/eligibility", ASK, Authorization=header), 401)
    assert "leave the header out" in told["detail"]


def test_a_withdrawn_key_works_no_longer(app: Flask) -> None:
    shop = Program(app, key_with(app))
    assert shop.get("/policy").status == 200
    withdraw_all(app)
    problem(shop.get("/policy"), 401)
    problem(shop.file(), 401)
    problem(shop.post("/eligibility", ASK), 401)


def test_a_key_in_the_wrong_scope_is_told_which_one_is_needed(app: Flask) -> None:
    told = problem(Program(app, key_with(app, Scope.POLICY_READ)).file(), 403)
    assert "tickets:write" in told["detail"]
    assert nothing_stored(app)


def test_keys_are_made_listed_and_withdrawn_by_command(app: Flask) -> None:
    made = flask(app, "key", "make", "The shop", "--scope", "policy:read", "--scope", "tickets:read")
    key = made.output.split()[-1]
    assert Program(app, key).get("/policy").status == 200
    listed = flask(app, "key", "list").output
    assert "1\tThe shop\tpolicy:read tickets:read\t" in listed
    assert "works" in listed
    assert key not in listed
    assert "is withdrawn" in flask(app, "key", "withdraw", "1").output
    assert "withdrawn 20" in flask(app, "key", "list").output
    assert Program(app, key).get("/policy").status == 401


@pytest.mark.parametrize(
    "arguments",
    [("make", "x", "--scope", "all"), ("make", "x"), ("make", " ", "--scope", "policy:read"), ("withdraw", "9")],
)
def test_a_command_that_cannot_be_done_says_why(app: Flask, arguments: tuple[str, ...]) -> None:
    result = flask(app, "key", *arguments)
    assert result.exit_code in (1, 2)
    assert "Error: " in result.output


def test_only_the_hash_of_a_key_is_kept(app: Flask) -> None:
    key = key_with(app)
    assert key.startswith("portal_")
    assert key not in str(everything(app))
