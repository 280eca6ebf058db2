"""What a panel says of orders and services, in each variant that was seen; what it does not say is never guessed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.panel import answers
from portal.panel.said import Scribe, parse
from portal.policy import Status
from portal.readings import Failure, PanelFault, Reading, Service

SCRIBE = Scribe("the-key-of-the-panel")
WORDS = "Incorrect order ID"

STATUSES = {
    "Pending": Status.PENDING,
    "PROCESSING": Status.PROCESSING,
    "In progress": Status.IN_PROGRESS,
    "inprogress": Status.IN_PROGRESS,
    "in_progress": Status.IN_PROGRESS,
    " In-Progress ": Status.IN_PROGRESS,
    "Active": Status.IN_PROGRESS,
    "Partial": Status.PARTIAL,
    "Canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
    "Refunded": Status.CANCELED,
    "Completed": Status.COMPLETED,
    "complete": Status.COMPLETED,
    "queued": Status.UNKNOWN,
    "Creating": Status.UNKNOWN,
    "Fail": Status.UNKNOWN,
    "Error": Status.UNKNOWN,
    "Awaiting moderation": Status.UNKNOWN,
    "not pending": Status.UNKNOWN,
    "": Status.UNKNOWN,
}
COUNTS = [
    ('"157"', 157),
    ("157", 157),
    ('" 157 "', 157),
    ('"-12"', -12),
    ("157.00", 157),
    ("157.5", None),
    ("1e3", None),
    ("NaN", None),
    ("-Infinity", None),
    ('"Unknown"', None),
    ('"1,000"', None),
    ('"١٢"', None),
    ('""', None),
    ("true", None),
    ("null", None),
    ("[157]", None),
    ("9" * 5000, None),
]
AMOUNTS = [
    ('"0.27819"', Decimal("0.27819")),
    ("0.10", Decimal("0.10")),
    ("7", Decimal(7)),
    ("0.1000000000000001", None),
    ('"-0.5"', None),
    ("1e-05", None),
    ('"$1"', None),
    ('"NaN"', None),
    ("Infinity", None),
    ("false", None),
    ("9" * 5000, None),
]
CURRENCIES = [
    ('"usd"', "USD"),
    ('"USDT"', "USDT"),
    ('"$"', None),
    ('"US dollars"', None),
    ("840", None),
    ("true", None),
    ("null", None),
]


def read(said: str) -> Reading:
    """Return the reading of one order of which this JSON was said."""
    return answers.one(parse(said.encode()), "9", SCRIBE)


@pytest.mark.parametrize(("word", "status"), STATUSES.items())
def test_a_word_for_a_status_is_known_or_it_is_not_known(word: str, status: Status) -> None:
    found = read(json.dumps({"status": word}))
    assert (found.status, found.shown) == (status, word.strip())


@pytest.mark.parametrize("word", ["null", "true", "3", "{}", '["Pending"]'])
def test_a_status_that_is_no_word_is_not_known(word: str) -> None:
    assert read(f'{{"status":{word},"charge":"1"}}').status is Status.UNKNOWN


@pytest.mark.parametrize(("said", "count"), COUNTS)
def test_a_count_is_a_plain_whole_number_or_not_known(said: str, count: int | None) -> None:
    found = read(f'{{"status":"Partial","remains":{said},"start_count":{said}}}')
    assert (found.remains, found.start_count) == (count, count)


@pytest.mark.parametrize(("said", "amount"), AMOUNTS)
def test_a_charge_is_a_plain_number_as_it_was_written_or_not_known(said: str, amount: Decimal | None) -> None:
    found = read(f'{{"status":"Partial","charge":{said}}}').charge
    assert str(found) == str(amount)


@pytest.mark.parametrize(("said", "currency"), CURRENCIES)
def test_a_currency_is_a_code_in_capitals_or_not_known(said: str, currency: str | None) -> None:
    assert read(f'{{"status":"Partial","currency":{said}}}').currency == currency


@pytest.mark.parametrize("more", [{"runs": "10", "orders": [91, 92]}, {"posts": "5", "expiry": "2030-01-01"}])
def test_an_order_of_several_deliveries_has_no_charge_and_no_remains(more: dict[str, Any]) -> None:
    found = read(json.dumps({"status": "Active", **more}))
    assert (found.status, found.charge, found.remains, found.refused) == (Status.IN_PROGRESS, None, None, "")


def test_a_reading_keeps_what_was_said_as_it_was_said() -> None:
    said = '{"status":"Partial","charge":0.2700,"note":"готово","more":[1e5,true,null]}'
    assert read(said).raw == said


@pytest.mark.parametrize("said", ['{"9": %s}', '[{"order": 9, "error": null, "status": "Partial"}]', "%s"])
def test_one_order_is_found_by_its_id_and_alone(said: str) -> None:
    assert read(said.replace("%s", '{"status":"Partial"}')).status is Status.PARTIAL


@pytest.mark.parametrize(
    "said",
    [
        "[]",
        "{}",
        "null",
        "1",
        '"Partial"',
        '{"balance":"1"}',
        '{"8":{"status":"Partial"}}',
        '{"order":8,"status":"Partial"}',
        '[{"status":"Partial"}]',
        '{"status":"Partial","status":"Canceled"}',
    ],
)
def test_what_is_not_said_of_the_one_order_is_not_understood(said: str) -> None:
    with pytest.raises(PanelFault) as raised:
        read(said)
    assert raised.value.failure is Failure.UNKNOWN


def test_of_several_orders_each_has_its_reading() -> None:
    said = """{"1":{"status":"Partial"}, "aB":{"status":"Canceled"}, "3":{"error":"%s"}, "4":"%s", "5":null,
        "6":{"status":"Partial","status":"Canceled"}, "8":{"status":"Pending"}}"""
    found = answers.many(parse((said % (WORDS, WORDS)).encode()), ["1", "AB", "3", "4", "5", "6", "7"], SCRIBE)
    assert [found[id_].status for id_ in ("1", "AB")] == [Status.PARTIAL, Status.CANCELED]
    assert [found[id_].refused for id_ in ("3", "4", "7")] == [WORDS, WORDS, answers.NOTHING_SAID]
    assert found["5"] == Reading(raw="null")
    assert found["6"] == Reading(raw='{"status":"Partial","status":"Canceled"}')
    assert list(found) == ["1", "AB", "3", "4", "5", "6", "7"]


def test_several_orders_may_come_as_a_list() -> None:
    said = [{"order": 1, "status": "Partial"}, {"order": "2", "error": WORDS}, WORDS, {"order": 3}, {"order": 3}]
    found = answers.many(parse(json.dumps(said).encode()), ["1", "2", "3", "4"], SCRIBE)
    assert [found[id_].status for id_ in "1234"] == [Status.PARTIAL, *[Status.UNKNOWN] * 3]
    assert [found[id_].refused for id_ in "1234"] == ["", WORDS, "", answers.NOTHING_SAID]


@pytest.mark.parametrize("said", ['{"8":{"status":"Partial"}}', '{"status":"Partial"}', '["x"]', '"x"', "null", "1"])
def test_what_is_said_of_none_of_several_orders_is_not_understood(said: str) -> None:
    with pytest.raises(PanelFault):
        answers.many(parse(said.encode()), ["1", "2"], SCRIBE)


def test_services_that_are_not_understood_are_left_out() -> None:
    said = """[{"service":1,"name":"A","cancel":true}, {"service":"2","name":" B\\nC ","cancel":"0"},
        {"service":3,"name":"D"}, {"service":4}, {"name":"E"}, {"service":[],"name":"F"}, null, "G",
        {"service":5,"name":"H","cancel":"maybe"}, {"service":" ","name":"I"}, {"service":6,"service":7,"name":"J"}]"""
    known = [("1", "A", True), ("2", "B C", False), ("3", "D", None), ("5", "H", None)]
    assert answers.services(parse(said.encode()), SCRIBE) == [
        Service(id=id_, name=name, cancel=flag) for id_, name, flag in known
    ]
    assert answers.services(parse(b'{"1":{"service":1,"name":"A"}}'), SCRIBE) == [
        Service(id="1", name="A", cancel=None)
    ]


_NAMES = ("9", "x", "order", "status", "charge", "remains", "error")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["9", "Partial", "0.5"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(_NAMES), inner),
)


@given(_JSON)
def test_no_json_breaks_a_reading_or_has_a_status_that_it_does_not_say(said: Any) -> None:
    text = json.dumps(said)
    for found in (_found(text, ["9"]), _found(text, ["9", "x"])):
        assert {reading.status for reading in found} <= {Status.UNKNOWN, Status.PARTIAL}
        for reading in found:
            assert reading.status is Status.UNKNOWN or '"status": "Partial"' in text
            assert reading.charge is None or '"charge": ' in text
            reading.raw.encode()


def _found(said: str, ids: list[str]) -> list[Reading]:
    """Return the readings of these orders; none where nothing is understood."""
    try:
        understood = parse(said.encode())
        return [read(said)] if len(ids) == 1 else list(answers.many(understood, ids, SCRIBE).values())
    except PanelFault:
        return []
