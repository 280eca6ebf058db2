"""The panel as it is called: what is sent, what each fault of it becomes, and that nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from portal.demo.orders import INCORRECT, LEFT_OUT, Fault, Order, Shape
from portal.demo.panel import KEY, Call, Panel, served
from portal.panel import AT_ONCE, WITHIN, ApiV2
from portal.panel.answers import NOTHING_SAID
from portal.panel.api_v2 import MOST, NO_ORDER_ID
from portal.policy import Status
from portal.readings import CancelAnswer, Failure, PanelFault
from tests.postgresql import free_port

PARTIAL = {"charge": "0.27819", "start_count": "3572", "status": "Partial", "remains": "157", "currency": "USD"}
QUICK = {Fault.SLOW: (1.0, 60.0), Fault.DRIPS: (60.0, 1.0)}
"""The short times where a fault is one of time."""

READ = {
    Fault.CUT: (Failure.UNKNOWN, "RemoteDisconnected"),
    Fault.DROPPED: (Failure.UNKNOWN, "RemoteDisconnected"),
    Fault.SLOW: (Failure.UNKNOWN, "TimeoutError"),
    Fault.DRIPS: (Failure.UNKNOWN, "TimeoutError"),
    Fault.CUT_IN_BODY: (Failure.UNKNOWN, "IncompleteRead"),
    Fault.MAINTENANCE: (Failure.UNKNOWN, "HTTP 503"),
    Fault.CHALLENGE: (Failure.UNKNOWN, "no JSON"),
    Fault.EMPTY: (Failure.UNKNOWN, "no JSON"),
    Fault.WRONG: (Failure.UNKNOWN, None),
    Fault.TOO_MANY: (Failure.UNKNOWN, "HTTP 429"),
    Fault.BROKEN: (Failure.UNKNOWN, "HTTP 500"),
    Fault.MOVED: (Failure.UNKNOWN, "HTTP 302"),
    Fault.TOO_MANY_JSON: (Failure.UNKNOWN, "HTTP 429 Too many requests"),
    Fault.BROKEN_JSON: (Failure.UNKNOWN, "HTTP 500 Internal error"),
    Fault.WRONG_KEY: (Failure.REFUSED, "Invalid API key"),
}
CANCELED = {
    Fault.TOO_MANY_JSON: (Failure.REFUSED, "Too many requests"),
    Fault.BROKEN_JSON: (Failure.REFUSED, "Internal error"),
}
"""What each fault of a panel becomes for what is read; and for a cancellation, where that is something else."""
DONE = {Fault.DROPPED, Fault.SLOW, Fault.DRIPS, Fault.CUT_IN_BODY, Fault.EMPTY, Fault.WRONG}
"""The faults after which a cancellation was taken nevertheless."""


@pytest.fixture
def shop() -> Panel:
    """A panel with a few orders, told to fail in no way."""
    return Panel({"1": Order(PARTIAL), "2": Order({"error": INCORRECT}, refuses=INCORRECT), "3": Order(LEFT_OUT)})


@pytest.fixture
def address(shop: Panel) -> Iterator[str]:
    """Where it is served."""
    with served(shop) as url:
        yield url


def api(url: str, key: str = KEY, fault: Fault | None = None) -> ApiV2:
    """Return the portal's way to a panel, with times that no sound answer needs, or short ones for the fault."""
    waits, within = (60.0, 60.0) if fault is None else QUICK.get(fault, (60.0, 60.0))
    return ApiV2(url, key, waits=waits, within=within)


def always() -> bool:
    return True


def fields(call: Call) -> dict[str, str]:
    """Return what a call said, each field once, without the key, which must be there."""
    said = dict(call.fields)
    assert len(said) == len(call.fields)
    assert said.pop("key") == KEY
    return said


def test_each_call_says_what_is_asked_for_in_form_fields_and_its_key_nowhere_else(shop: Panel, address: str) -> None:
    called = api(address)
    called.check()
    called.services()
    called.orders(["1"])
    called.orders(["1", "2"])
    called.cancel("1", "the-name", always)
    assert [fields(call) for call in shop.calls] == [
        {"action": "balance"},
        {"action": "services"},
        {"action": "status", "order": "1"},
        {"action": "status", "orders": "1,2"},
        {"action": "cancel", "orders": "1"},
    ]
    for call in shop.calls:
        assert call.address == "/api/v2"
        assert call.headers["content-type"] == "application/x-www-form-urlencoded"
        assert KEY not in str(call.headers)
    assert [call.headers.get("idempotency-key") for call in shop.calls] == [None] * 4 + ["the-name"]


def test_orders_are_read_with_what_the_panel_says_no_to(address: str) -> None:
    found = api(address).orders(["1", "2", "3", "nothing", "1,2", ""])
    assert (found["1"].status, found["1"].remains, found["1"].shown) == (Status.PARTIAL, 157, "Partial")
    assert {id_: reading.refused for id_, reading in found.items()} == {
        "1": "",
        "2": INCORRECT,
        "3": NOTHING_SAID,
        "nothing": INCORRECT,
        "1,2": NO_ORDER_ID,
        "": NO_ORDER_ID,
    }


def test_a_call_asks_for_at_most_a_hundred_orders_and_none_for_none(shop: Panel, address: str) -> None:
    ids = [str(number) for number in range(1000, 1000 + AT_ONCE)]
    shop.orders |= {id_: Order({**PARTIAL, "remains": id_}) for id_ in ids}
    found = api(address).orders(ids)
    assert [reading.remains for reading in found.values()] == [int(id_) for id_ in ids]
    assert len(shop.calls) == 1
    with pytest.raises(ValueError, match="at most 100"):
        api(address).orders([*ids, "1"])
    assert api(address).orders([]) == {}
    assert len(shop.calls) == 1


def test_services_are_read_though_there_are_very_many(shop: Panel, address: str) -> None:
    found = api(address).services()
    assert {service.cancel for service in found} == {True, False, None}
    shop.services = [{"service": number, "name": "x" * 200} for number in range(20_000)]
    assert len(api(address).services()) == 20_000


def test_an_answer_that_is_too_large_is_none(shop: Panel, address: str) -> None:
    shop.orders["1"].status = {**PARTIAL, "note": "x" * MOST}
    with pytest.raises(PanelFault) as raised:
        api(address).orders(["1"])
    assert (raised.value.failure, raised.value.detail) == (Failure.UNKNOWN, "TooLarge")


def test_there_is_an_outcome_for_every_fault() -> None:
    assert set(READ) == set(Fault)


@pytest.mark.parametrize(
    ("fault", "ask"),
    [(f, ask) for f in Fault for ask in ("check", "services", "one", "two") if f not in QUICK or ask == "one"],
)
def test_a_reading_that_fails_says_how_and_is_not_tried_again(
    shop: Panel, address: str, fault: Fault, ask: str
) -> None:
    shop.faults[""] = fault
    called = api(address, fault=fault)
    if fault is Fault.WRONG and ask == "one":
        assert called.orders(["1"])["1"].status is Status.UNKNOWN
        return
    asks: dict[str, Callable[[], object]] = {
        "check": called.check,
        "services": called.services,
        "one": lambda: called.orders(["1"]),
        "two": lambda: called.orders(["1", "2"]),
    }
    with pytest.raises(PanelFault) as raised:
        asks[ask]()
    failure, detail = READ[fault]
    assert raised.value.failure is failure
    assert detail is None or raised.value.detail == detail
    assert len(shop.calls) == 1


@pytest.mark.parametrize("fault", Fault)
def test_a_cancellation_that_fails_is_refused_or_not_known_and_asked_for_once(
    shop: Panel, address: str, fault: Fault
) -> None:
    shop.faults["cancel"] = fault
    found = api(address, fault=fault).cancel("1", "name", always)
    failure, detail = (READ | CANCELED)[fault]
    assert found.failure is failure
    assert detail is None or found.said == detail
    assert len(shop.calls) == 1
    assert shop.orders["1"].taken == (fault in DONE)


def test_a_panel_that_drips_holds_its_caller_no_longer_than_a_call_may_take(shop: Panel, address: str) -> None:
    shop.faults[""] = Fault.DRIPS
    from_here = monotonic()
    assert api(address, fault=Fault.DRIPS).cancel("1", "name", always).failure is Failure.UNKNOWN
    assert monotonic() - from_here < 5
    assert WITHIN == 20


def test_a_panel_that_is_not_there_was_sent_nothing() -> None:
    nowhere = api(f"http://127.0.0.1:{free_port()}")
    answer = nowhere.cancel("1", "name", always)
    assert (answer.failure, answer.said) == (Failure.UNREACHABLE, "ConnectionRefusedError")
    asks: list[Callable[[], object]] = [nowhere.check, nowhere.services, lambda: nowhere.orders(["1"])]
    for ask in asks:
        with pytest.raises(PanelFault) as raised:
            ask()
        assert raised.value.failure is Failure.UNREACHABLE


def test_a_cancellation_that_is_no_longer_in_time_or_names_no_one_order_is_not_sent(shop: Panel, address: str) -> None:
    called = api(address)
    assert called.cancel("1", "name", lambda: False) == CancelAnswer(failure=Failure.UNREACHABLE, said="TooLate")
    for id_ in ("1,2", "", " 1", "1\n", "1&action=x", "x" * 41):
        assert called.cancel(id_, "name", always).failure is Failure.UNREACHABLE
    assert shop.calls == []


def test_one_order_that_the_panel_does_not_know_is_refused(address: str) -> None:
    with pytest.raises(PanelFault) as raised:
        api(address).orders(["2"])
    assert (raised.value.failure, raised.value.detail) == (Failure.REFUSED, INCORRECT)


@pytest.mark.parametrize("shape", Shape)
def test_a_cancellation_is_taken_or_refused_in_each_shape(shop: Panel, address: str, shape: Shape) -> None:
    shop.orders |= {"9": Order(PARTIAL, shape=shape), "a-9": Order(PARTIAL, shape=shape, refuses="Not this one")}
    taken, refused = (api(address).cancel(id_, "name", always) for id_ in ("9", "a-9"))
    assert taken.failure is None
    assert (refused.failure, refused.said) == (Failure.REFUSED, "Not this one")
    assert [shop.orders[id_].taken for id_ in ("9", "a-9")] == [1, 0]


def test_what_the_panel_says_never_holds_the_key(shop: Panel, address: str) -> None:
    said = f"Bad key {KEY}, or \u202e{KEY.upper()}"
    shop.orders |= {"1": Order({"status": KEY, KEY: KEY}, refuses=said), "2": Order({"error": said}), "4": Order(said)}
    shop.services = [{"service": 1, "name": said}, {"service": KEY, "name": "B"}]
    called = api(address)
    shown = [repr(called.orders(["1", "2", "4"])), repr(called.services()), repr(called.cancel("1", "name", always))]
    for id_ in ("4", "2"):
        with pytest.raises(PanelFault) as raised:
            called.orders([id_])
        shown += [str(raised.value), repr(raised.value), raised.value.detail, repr(raised.value.__context__)]
    assert KEY not in " ".join([*shown, repr(called), called.shown]).lower()
    assert "•••" in shown[0]


def test_a_wrong_key_is_refused(shop: Panel, address: str) -> None:
    with pytest.raises(PanelFault, match="refused: Invalid API key"):
        api(address, key="another-key").check()
