"""Orders that a worker asks about: no other does meanwhile, and none is forgotten."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import chain

from flask import Flask

from portal import tickets
from portal.models import Lookup
from portal.tickets.lookups import HELD
from portal.worker.panel_work import RESTS
from tests.filing import at_once, rows
from tests.panel_shift import ORDER, Standing, due, numbers


def test_two_workers_do_not_ask_for_the_same_order(each_app: Flask) -> None:
    clock, orders = Standing(), numbers(40)
    due(each_app, *orders)

    def take() -> list[str]:
        with each_app.app_context():
            return list(tickets.take_lookups(clock.at, most=10))

    taken = at_once([take] * 4)
    while (more := take()) != []:
        taken.append(more)
    assert sorted(chain(*taken)) == orders


def test_what_a_dead_worker_held_is_due_again_when_its_hold_ends(each_app: Flask) -> None:
    clock = Standing()
    due(each_app, ORDER)

    def take(after: timedelta) -> list[str]:
        with each_app.app_context():
            return list(tickets.take_lookups(clock.at + after))

    assert [take(after) for after in (timedelta(), HELD - timedelta(seconds=1), HELD)] == [[ORDER], [], [ORDER]]


def test_what_staff_ask_about_while_a_worker_asks_is_asked_about_once_more(each_app: Flask) -> None:
    clock = Standing()
    due(each_app, ORDER)
    with each_app.app_context():
        assert tickets.take_lookups(clock.at) == [ORDER]
        tickets.ask(ORDER, clock.at)
        tickets.release([ORDER], clock.at + RESTS[0])
        assert tickets.take_lookups(clock.at) == [ORDER]


def test_of_many_who_ask_at_the_same_moment_one_row_comes(each_app: Flask) -> None:
    clock = Standing()

    def ask(number: int) -> object:
        with each_app.app_context():
            return tickets.ask(ORDER, clock.at + timedelta(seconds=number))

    since = at_once([partial(ask, number) for number in range(4)])
    assert (len(set(since)), rows(each_app, Lookup)) == (1, [1])
