"""Of the panel's key, a ticket's link and its customer's words nothing is told where they have no business."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.demo.orders import Fault, Order
from portal.demo.panel import KEY, Panel, served
from portal.panel import WITHIN, ApiV2
from portal.worker import PanelWork
from tests.cancelling import ORDER, Desk
from tests.postgresql import free_port
from tests.secrecy import WORDS, recorded, secrets, told
from tests.shift import Lines
from tests.stored import everything, policy

SOON = 0.2
"""Seconds that a call of a panel which never ends its answer takes."""
ENDLESS = (Fault.SLOW, Fault.DRIPS)
ECHO = f"Request action=cancel&key={KEY}&orders={ORDER} refused"


def work(desk: Desk, panel: ApiV2) -> list[str]:
    """Have a worker do all that there is at the panel: check it, cancel, read services and orders; return its log."""
    log = Lines()
    with desk.app.app_context():
        worker = PanelWork(panel, policy(desk.app), desk.now, log)
        worker.check()
        for _ in range(4):
            worker.turn()
            desk.passes(seconds=61)
        worker.check()
    return log.said


def order(refuses: str = "") -> Order:
    """Return an order that is under way."""
    return Order({"status": "In progress", "charge": "0.9", "remains": "640", "currency": "USD"}, refuses=refuses)


@pytest.mark.parametrize("fault", [None, *Fault])
def test_nothing_secret_is_told_however_the_panel_fails(app: Flask, fault: Fault | None) -> None:
    desk, shop = Desk(app), Panel({ORDER: order()}, faults={"": fault} if fault else {})
    reference = desk.accepted(**WORDS)
    desk.ask(reference)
    with served(shop) as url:
        said = work(desk, ApiV2(url, KEY, within=SOON if fault in ENDLESS else WITHIN))
    assert "cancel" in {call.get("action") for call in shop.calls}
    assert (len(said) > 2, desk.rows()[0].tries) == (True, 1)
    assert told(secrets(app, reference), *said, *recorded(app)) == set()


@pytest.mark.parametrize("echoed", ["a refusal", "an answer of the order", "a service", "an error"])
def test_a_panel_that_says_the_key_back_makes_nothing_tell_it(app: Flask, echoed: str) -> None:
    desk = Desk(app)
    reference = desk.accepted(**WORDS)
    desk.ask(reference)
    shop = Panel({ORDER: order(ECHO)}, [{"service": 1, "name": f"Likes {KEY}", "cancel": True}])
    if echoed == "an answer of the order":
        shop.orders[ORDER].status = {"status": KEY, "currency": KEY, "note": {KEY: [KEY.upper()]}}
    if echoed == "an error":
        shop.orders[ORDER].status = {"error": ECHO}
    with served(shop) as url:
        said = work(desk, ApiV2(url, KEY))
    assert told((KEY,), *said, everything(app)) == set()
    assert "•••" in desk.rows()[0].said + desk.rows()[0].raw
    assert told(secrets(app, reference), *said, *recorded(app)) == set()


def test_nothing_secret_is_told_of_a_panel_that_is_not_there(app: Flask) -> None:
    desk = Desk(app)
    reference = desk.accepted(**WORDS)
    desk.ask(reference)
    said = work(desk, ApiV2(f"http://127.0.0.1:{free_port()}", KEY))
    assert "panel does not work" in "".join(said)
    assert told(secrets(app, reference), *said, *recorded(app)) == set()


def test_the_calls_carry_the_key_in_their_body_alone_and_nothing_of_a_customer(app: Flask) -> None:
    desk, shop = Desk(app), Panel({ORDER: order()})
    reference = desk.accepted(**WORDS)
    desk.ask(reference)
    with served(shop) as url:
        work(desk, ApiV2(url, KEY))
    assert {call.get("action") for call in shop.calls} == {"balance", "cancel", "services", "status"}
    assert {call.get("key") for call in shop.calls} == {KEY}
    bare = [(call.address, call.headers, [f for f in call.fields if f[0] != "key"]) for call in shop.calls]
    assert told(secrets(app, reference), *bare) == set()
