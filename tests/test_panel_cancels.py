"""What a panel's answer to a cancellation means: yes or no where that is plainly said of this order, else not known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.panel import answers, cancels
from portal.panel.said import Scribe
from portal.readings import CancelAnswer, Failure
from tests.test_panel_said import NOT_JSON

SCRIBE = Scribe("the-key-of-the-panel")
WORDS = "Incorrect order ID"

TAKEN: list[Any] = [
    [{"order": 9, "cancel": 1}],
    [{"order": "9", "cancel": "1"}],
    [{"order": 9, "cancel": True, "error": None}],
    [{"cancel": 1}],
    {"order": 9, "cancel": 1},
    {"order_id": 9, "success": True},
    {"success": True},
    {"success": 1, "message": "Taken"},
    {"cancel": "1"},
    {"9": {"cancel": 1}},
]
REFUSED: list[Any] = [
    {"error": WORDS},
    {"error": {"message": "x"}},
    {"error": True, "message": WORDS},
    [{"order": 9, "cancel": {"error": WORDS}}],
    [{"order": 9, "error": WORDS}],
    [{"error": WORDS}],
    {"order": 9, "cancel": {"error": WORDS}},
    {"cancel": {"error": "error.incorrect_order_id"}},
    {"success": False, "error": WORDS},
    {"9": {"error": WORDS}},
]
UNCLEAR: list[Any] = [
    [],
    {},
    None,
    True,
    1,
    "1",
    "Canceled",
    [1],
    ["1"],
    [WORDS],
    {"status": "success"},
    {"success": False},
    {"success": "yes"},
    {"cancel": 0},
    {"cancel": 2},
    {"cancel": 1.0},
    {"cancel": None},
    {"cancel": {"id": 1}},
    {"error": ""},
    {"order": 8, "cancel": 1},
    {"order_id": 8, "success": True},
    {"order": None, "cancel": 1},
    {"order": 8, "error": WORDS},
    [{"order": 8, "cancel": 1}],
    [{"order": 9, "cancel": 1}, {"order": 8, "cancel": 1}],
    [{"order": 9, "cancel": 1}, {"order": 9, "cancel": {"error": WORDS}}],
    [{"cancel": 1}, {"cancel": 1}],
    [[{"order": 9, "cancel": 1}]],
    {"order": 9, "cancel": 1, "error": WORDS},
    {"success": True, "cancel": {"error": WORDS}},
    {"success": True, "cancel": 0},
    {"8": {"cancel": 1}},
    {"9": {"cancel": 1}, "8": {"cancel": 1}},
]


def heard(said: Any, status: int = 200) -> CancelAnswer:
    """Return what became of a request to cancel order 9 that was answered so."""
    return cancels.cancel(status, json.dumps(said).encode(), "9", SCRIBE)


@pytest.mark.parametrize("said", TAKEN)
def test_a_cancellation_was_taken_where_that_is_plainly_said_of_this_order(said: Any) -> None:
    assert heard(said).failure is None
    assert heard(said, 500) == CancelAnswer(failure=Failure.UNKNOWN, said="HTTP 500", raw=heard(said).raw)
    assert heard(said, 302).failure is Failure.UNKNOWN


@pytest.mark.parametrize("status", [200, 302, 400, 404, 429, 500])
@pytest.mark.parametrize("said", REFUSED)
def test_a_cancellation_was_refused_where_an_error_is_said_whatever_the_status(said: Any, status: int) -> None:
    found = heard(said, status)
    assert found.failure is Failure.REFUSED
    assert found.said in json.dumps(said).replace(" ", "") or found.said in json.dumps(said)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_error_of_who_stands_before_the_panel_says_nothing_of_what_it_did(status: int) -> None:
    found = heard({"error": "upstream timeout"}, status)
    assert (found.failure, found.said) == (Failure.UNKNOWN, f"HTTP {status}")


@pytest.mark.parametrize("said", UNCLEAR)
def test_of_any_other_answer_nobody_knows_what_became_of_the_cancellation(said: Any) -> None:
    found = heard(said)
    assert (found.failure, found.said) == (Failure.UNKNOWN, answers.NOT_UNDERSTOOD)
    assert found.raw == json.dumps(said, separators=(",", ":"))


@pytest.mark.parametrize("body", [*NOT_JSON, b'{"cancel":1,"cancel":{"error":"no"}}'])
def test_what_is_no_plain_json_says_nothing_of_a_cancellation(body: bytes) -> None:
    expected = {Failure.UNKNOWN, Failure.REFUSED} if b'"error"' in body else {Failure.UNKNOWN}
    assert cancels.cancel(200, body, "9", SCRIBE).failure in expected
    assert cancels.cancel(503, body, "9", SCRIBE).said == "HTTP 503"


_YES = ("1", '"1"', "true")
_VALUES = st.none() | st.booleans() | st.integers(0, 9) | st.floats() | st.text() | st.sampled_from(["1", "9", WORDS])
_OBJECTS = st.dictionaries(st.sampled_from(["order", "cancel", "success", "error", "9"]), _VALUES)
_ITEMS = _VALUES | _OBJECTS | st.dictionaries(st.sampled_from(["9", "8", "cancel"]), _OBJECTS)


@given(_ITEMS | st.lists(_ITEMS))
def test_no_json_is_taken_for_a_cancellation_that_does_not_say_it_of_this_order_alone(said: Any) -> None:
    if heard(said).failure is None:
        items = (
            said if isinstance(said, list) else [said["9"] if isinstance(said, dict) and list(said) == ["9"] else said]
        )
        assert items
        for item in items:
            assert str(item.get("order", 9)).strip() == "9"
            assert {json.dumps(item[name]) for name in ("cancel", "success") if name in item} <= set(_YES)
            assert "cancel" in item or "success" in item
            assert not item.get("error") or json.dumps(item["error"]) == "0"


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_are_taken_for_a_cancellation(body: bytes) -> None:
    expected = {Failure.UNKNOWN, Failure.REFUSED} if b'"error"' in body else {Failure.UNKNOWN}
    assert cancels.cancel(200, body, "9", SCRIBE).failure in expected
