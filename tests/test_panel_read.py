"""How orders are read of the panel: by the worker alone, many at once, never too fast, whatever the panel does."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest
from flask import Flask

from portal import tickets
from portal.demo.orders import Fault, Order
from portal.demo.panel import KEY, Panel, served
from portal.models import Lookup, OrderReading
from portal.panel import ByHand
from portal.worker import PanelWork
from portal.worker.panel_work import RESTS, SPACING
from tests.conftest import AppWith
from tests.filing import file, rows
from tests.panel_shift import (
    ORDER,
    Lines,
    PanelShift,
    Standing,
    asked_for,
    at_work,
    due,
    found_out,
    lookup,
    numbers,
    readings,
    said,
)
from tests.stored import filed, policy
from tests.visitor import Visitor

STATUS_FAULTS = (
    Fault.CUT,
    Fault.CUT_IN_BODY,
    Fault.DROPPED,
    Fault.MAINTENANCE,
    Fault.CHALLENGE,
    Fault.TOO_MANY,
    Fault.BROKEN,
    Fault.MOVED,
    Fault.EMPTY,
    Fault.WRONG,
)
"""What shows that the panel is at fault, though it may be in order otherwise."""
SPOILS = {"status": Fault.WRONG_KEY}


def works(app: Flask) -> bool:
    """Return whether the panel was found to work."""
    found = found_out(app)
    return found is not None and found.fault is None


def test_a_panel_that_hangs_holds_up_nobody_who_files_and_the_worker_reads_it_later(
    app_with: AppWith, database_url: str
) -> None:
    shop = Panel({ORDER: Order(said("Partial"))}, faults={"": Fault.SLOW})
    with served(shop) as url:
        app = app_with(database_url=database_url, panel_kind="api-v2", panel_url=url, panel_key=KEY)
        file(Visitor(app))
        assert shop.calls == []
        shop.faults.clear()
        calls = PanelShift(app, shop, url).reads()
    assert [(call.get("action"), call.get("order")) for call in calls] == [("services", ""), ("status", ORDER)]
    assert [row.shown for row in readings(app)] == ["Partial"]


def test_a_hundred_orders_are_asked_for_at_once_and_the_rest_after_them(each_app: Flask) -> None:
    orders = numbers(130)
    with at_work(each_app, {id_: said() for id_ in orders}) as shift:
        due(each_app, *orders)
        first, second = shift.reads()
    assert (len(asked_for(first)), len(asked_for(second))) == (100, 30)
    assert sorted(asked_for(first) + asked_for(second)) == orders
    assert rows(each_app, OrderReading, Lookup) == [130, 0]


def test_an_order_that_somebody_waits_for_is_read_before_those_due_longer(each_app: Flask) -> None:
    clock = Standing()
    due(each_app, *numbers(3), at=clock.at - timedelta(hours=1))
    with each_app.app_context():
        tickets.ask("of-staff", clock.at)
        assert tickets.take_lookups(clock.at, most=1) == ["of-staff"]
        assert sorted(tickets.take_lookups(clock.at)) == numbers(3)


def test_two_calls_are_a_second_apart_at_the_least(app: Flask) -> None:
    orders = numbers(101)
    with at_work(app, {id_: said() for id_ in orders}) as shift:
        due(app, *orders)
        assert len(shift.turn()) == 1
        assert shift.turn() == shift.turn(seconds=SPACING.total_seconds() - 0.01) == []
        assert len(shift.turn(seconds=0.01)) == 1


def test_a_check_too_keeps_the_next_call_waiting(app: Flask) -> None:
    with at_work(app, {ORDER: said()}) as shift:
        due(app, ORDER)
        assert [call.get("action") for call in shift.check()] == ["balance"]
        assert shift.turn() == []
        assert len(shift.turn(seconds=1)) == 1


def test_a_panel_at_fault_rests_longer_each_time_and_is_asked_at_once_when_it_is_back(app: Flask) -> None:
    with at_work(app, {ORDER: said()}) as shift:
        due(app, ORDER)
        shift.shop.faults[""] = Fault.MAINTENANCE
        assert len(shift.turn()) == 1
        for rest in (*RESTS, RESTS[-1]):
            assert shift.turn(seconds=rest.total_seconds() - 1) == []
            assert len(shift.turn(seconds=1)) == 1
        shift.shop.faults.clear()
        assert [asked_for(call) for call in shift.turn(minutes=5)] == [[ORDER]]
        due(app, ORDER)
        shift.shop.faults[""] = Fault.MAINTENANCE
        assert len(shift.turn(seconds=1)) == 1
        assert (len(shift.turn(seconds=14)), len(shift.turn(seconds=1))) == (0, 1)


@pytest.mark.parametrize("fault", STATUS_FAULTS)
def test_what_a_failing_panel_was_asked_is_asked_again_after_its_rest(app: Flask, fault: Fault) -> None:
    orders = numbers(2)
    with at_work(app, {id_: said() for id_ in orders}) as shift:
        due(app, *orders)
        shift.shop.faults["status"] = fault
        assert [sorted(asked_for(call)) for call in shift.reads()] == [orders]
        found, held = found_out(app), lookup(app, orders[0])
        assert found
        assert (found.fault, found.shown) == ("unknown", shift.api.shown)
        assert held
        assert held.held_until is None
        shift.shop.faults.clear()
        assert sorted(chain(*map(asked_for, shift.reads(seconds=15)))) == orders
    assert rows(app, OrderReading, Lookup) == [2, 0]
    assert works(app)


def test_a_panel_that_says_too_many_requests_to_all_is_left_alone(each_app: Flask) -> None:
    with at_work(each_app, {ORDER: said()}) as shift:
        due(each_app, ORDER)
        shift.shop.faults[""] = Fault.TOO_MANY_JSON
        assert [call.get("action") for call in shift.reads()] == ["status"]
        assert readings(each_app) == []
        shift.shop.faults.clear()
        assert [call.get("action") for call in shift.reads(seconds=15)] == ["balance"]
        assert [call.get("action") for call in shift.reads(minutes=1)] == ["status"]
    assert [row.shown for row in readings(each_app)] == ["In progress"]


def test_a_panel_that_cannot_be_reached_is_asked_again(app: Flask) -> None:
    shop = Panel({ORDER: Order(said())})
    with served(shop) as url:
        pass
    due(app, ORDER)
    shift = PanelShift(app, shop, url)
    begun = shift.clock.at
    assert (shift.turn(), shift.turn(seconds=1), shop.calls) == ([], [], [])
    assert "panel does not work" in shift.log.said[-1]
    found, waits = found_out(app), lookup(app)
    assert found
    assert found.fault == "unreachable"
    assert waits
    assert begun + RESTS[0] <= waits.next_at <= shift.clock.at + RESTS[0]


@pytest.mark.parametrize("bad", [0, 5, 10])
def test_one_order_that_spoils_an_answer_for_many_is_found_and_the_others_are_read(each_app: Flask, bad: int) -> None:
    orders = numbers(11)
    spoilt = orders[bad]
    with at_work(each_app, {id_: said() for id_ in orders} | {spoilt: Order(said(), faults=SPOILS)}) as shift:
        due(each_app, *orders)
        calls = shift.reads()
    assert len(calls) <= 24
    words = {id_: [row.refused or row.shown for row in readings(each_app, id_)] for id_ in orders}
    assert words.pop(spoilt) == ["Invalid API key"]
    assert set(map(tuple, words.values())) == {("In progress",)}
    assert works(each_app)


def test_orders_are_read_fewer_at_once_where_one_brings_the_panel_down(app: Flask) -> None:
    orders = numbers(6)
    fatal = Order(said(), faults={"status": Fault.BROKEN})
    with at_work(app, {id_: said() for id_ in orders} | {orders[3]: fatal}) as shift:
        due(app, *orders)
        for _ in range(8):
            shift.reads(minutes=5)
    assert [id_ for id_ in orders if not readings(app, id_)] == [orders[3]]


def test_an_order_is_asked_for_as_it_was_typed_and_known_in_any_case(each_app: Flask) -> None:
    filed(each_app, order_id="AbC-1")
    with at_work(each_app, {"AbC-1": said()}) as shift:
        assert [asked_for(call) for call in shift.reads()] == [["AbC-1"]]
    assert [row.shown for row in readings(each_app, "aBc-1")] == ["In progress"]


def test_nothing_is_asked_where_the_panel_is_worked_by_hand(app: Flask) -> None:
    filed(app)
    clock = Standing()
    work = PanelWork(ByHand(), policy(app), clock, Lines())
    with app.app_context():
        work.check()
        work.turn()
    waits = lookup(app)
    assert (work.checked, found_out(app), readings(app)) == ((), None, [])
    assert waits
    assert waits.held_until is None


def test_a_clock_that_is_set_back_keeps_no_order_from_being_read(app: Flask) -> None:
    with at_work(app, {ORDER: said()}) as shift:
        shift.clock.passes(hours=-2)
        due(app, ORDER, at=shift.clock.at)
        assert [call.get("action") for call in shift.reads()] == ["services", "status"]
