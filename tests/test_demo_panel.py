"""The demonstration's own panel: an order in every variant, and cancellations that settle after a moment."""

from __future__ import annotations

import pytest

from portal.demo.orders import LEFT_OUT, VARIANTS, Order, orders_of_the_tickets
from portal.demo.panel import Panel, served
from portal.policy import Status
from portal.readings import Failure
from tests.test_panel_calls import PARTIAL, always, api


@pytest.mark.parametrize("number", range(len(VARIANTS)))
def test_an_order_of_the_demonstration_can_be_asked_for_and_canceled_and_settles(number: int) -> None:
    order = VARIANTS[number]()
    with served(Panel({"9": order, "8": Order(PARTIAL)})) as url:
        called = api(url)
        before = called.orders(["8", "9"])["9"]
        answer = called.cancel("9", "name", always)
        first, later = (called.orders(["8", "9"])["9"] for _ in range(2))
    assert before == first
    assert (answer.failure is Failure.REFUSED) == bool(order.refuses) == (order.taken == 0)
    settled = later.status in (Status.CANCELED, Status.PARTIAL) and later != before
    assert settled == (order.taken == 1) or order.after is LEFT_OUT


def test_the_tickets_of_the_demonstration_have_an_order_of_every_variant() -> None:
    said = [str(order.status) for order in orders_of_the_tickets().values()]
    assert {str(make().status) for make in VARIANTS} == set(said)
