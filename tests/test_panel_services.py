"""The panel's services: read once a day, and whether they let orders be canceled as a fact of their orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.clock import now
from portal.demo.orders import Fault, Order
from portal.demo.panel import Panel, served
from portal.extensions import db
from portal.filing import Told
from portal.models import PanelService
from portal.policy import Source, Status
from portal.tickets import known_of
from tests.panel_shift import AGO, ORDER, PanelShift, at_work, said
from tests.stored import filed, ticket

FLAGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("1", "Followers", {"cancel": True}),
    ("2", "Likes", {"cancel": False}),
    ("3", "Views", {}),
    ("4", "Twins", {"cancel": True}),
    ("5", "Twins", {"cancel": True}),
    ("6", "Saves", {"cancel": "1"}),
    ("7", "Reposts", {"cancel": 0}),
)
SERVICES = [{"service": int(id_), "name": name, **flag} for id_, name, flag in FLAGS]
NAMED: dict[str, tuple[dict[str, Any], bool | None]] = {
    "by id, allowed": ({"service_id": "1"}, True),
    "by id, not allowed": ({"service_id": "2"}, False),
    "by id, not said": ({"service_id": "3"}, None),
    "by id, where another has the name": ({"service_id": "4", "service_name": "Twins"}, True),
    "by id, whatever the name": ({"service_id": "2", "service_name": "Followers"}, False),
    "by an id that the panel does not have": ({"service_id": "99", "service_name": "Followers"}, None),
    "by name, allowed": ({"service_name": "Followers"}, True),
    "by name, not allowed": ({"service_name": "Likes"}, False),
    "by name, not said": ({"service_name": "Views"}, None),
    "by a name of two": ({"service_name": "Twins"}, None),
    "by a name that is not there": ({"service_name": "Comments"}, None),
    "by id, allowed as a text": ({"service_id": "6"}, True),
    "by id, not allowed as a figure": ({"service_id": "7"}, False),
    "not at all": ({"quantity": 1000}, None),
}


def kept(app: Flask) -> dict[str, tuple[str, bool | None]]:
    """Return the services that are kept."""
    with app.app_context():
        return {row.id: (row.name, row.cancel) for row in db.session.scalars(select(PanelService))}


def told(**more: Any) -> Told:
    return Told(at=now() - AGO, order_id=ORDER, **more)


def allows(app: Flask, reference: str) -> tuple[bool | None, Source]:
    """Return whether the provider allows a cancellation, as far as is known, and who states it."""
    with app.app_context():
        known = known_of(ticket(reference))
        return known.facts.provider_allows, known.sources["provider_allows"]


def test_services_are_read_once_a_day_and_replace_those_kept_before(each_app: Flask) -> None:
    with at_work(each_app, {}, SERVICES) as shift:
        assert kept(each_app)["3"] == ("Views", None)
        shift.shop.services[:] = [{"service": 9, "name": "New", "cancel": False}]
        assert shift.turn(hours=23, minutes=59) == []
        assert [call.get("action") for call in shift.turn(minutes=1)] == ["services"]
    assert kept(each_app) == {"9": ("New", False)}


def test_services_that_could_not_be_read_are_read_again_after_an_hour(app: Flask) -> None:
    shop = Panel({}, SERVICES, faults={"services": Fault.MAINTENANCE})
    with served(shop) as url:
        shift = PanelShift(app, shop, url)
        assert [call.get("action") for call in shift.reads()] == ["services"]
        assert shift.turn(minutes=59) == []
        shop.faults.clear()
        assert [call.get("action") for call in shift.turn(minutes=1)] == ["services"]
        assert shift.turn(hours=1) == []
    assert len(kept(app)) == len(SERVICES)


def test_services_that_fail_keep_no_order_from_being_read(app: Flask) -> None:
    filed(app)
    shop = Panel({ORDER: Order(said())}, faults={"services": Fault.CHALLENGE})
    with served(shop) as url:
        shift = PanelShift(app, shop, url)
        assert [call.get("action") for call in shift.reads()] == ["services", "status"]


def test_what_was_kept_stays_while_services_cannot_be_read(app: Flask) -> None:
    with at_work(app, {}, SERVICES) as shift:
        shift.shop.faults["services"] = Fault.WRONG
        assert len(shift.turn(days=1)) == 1
    assert len(kept(app)) == len(SERVICES)


def test_a_service_with_a_name_without_end_is_kept_with_the_others(each_app: Flask) -> None:
    with at_work(each_app, {}, [{"service": 1, "name": "Followers " * 40, "cancel": True}, *SERVICES[1:]]):
        names = [name for name, _ in kept(each_app).values()]
    assert (len(names), max(map(len, names))) == (len(SERVICES), 200)


def test_a_service_that_is_listed_twice_is_kept_as_it_was_said_last(each_app: Flask) -> None:
    with at_work(each_app, {}, [*SERVICES, {"service": "1", "name": "Followers", "cancel": False}]):
        assert kept(each_app)["1"] == ("Followers", False)


@pytest.mark.parametrize(("named", "allowed"), NAMED.values(), ids=NAMED)
def test_a_service_that_the_main_site_named_says_whether_it_lets_orders_be_canceled(
    app: Flask, named: dict[str, Any], allowed: bool | None
) -> None:
    reference = filed(app, told=told(**named))
    with at_work(app, {ORDER: said()}, SERVICES) as shift:
        shift.reads()
    assert allows(app, reference) == (allowed, Source.CUSTOMER if allowed is None else Source.PANEL)


def test_a_customers_own_words_name_no_service(app: Flask) -> None:
    reference = filed(app, service_name="Followers")
    with at_work(app, {ORDER: said()}, SERVICES) as shift:
        shift.reads()
    assert allows(app, reference) == (None, Source.CUSTOMER)


@pytest.mark.parametrize("own", [True, False])
def test_what_the_main_site_says_itself_stays(app: Flask, own: bool) -> None:
    reference = filed(app, told=told(service_id="2" if own else "1", provider_allows=own))
    with at_work(app, {ORDER: said()}, SERVICES) as shift:
        shift.reads()
    assert allows(app, reference) == (own, Source.MAIN_SITE)


def test_a_flag_that_changes_is_heeded_when_the_order_is_read_next(each_app: Flask) -> None:
    reference = filed(each_app, told=told(service_id="1"), at=now() - timedelta(hours=2))
    with at_work(each_app, {ORDER: said()}, [dict(SERVICES[0])]) as shift:
        shift.reads()
        assert allows(each_app, reference) == (True, Source.PANEL)
        shift.shop.services[0]["cancel"] = False
        shift.reads(days=1)
    assert allows(each_app, reference) == (False, Source.PANEL)
    with each_app.app_context():
        assert [event.kind for event in ticket(reference).events] == ["filed", "facts_read", "facts_read"]
        assert ticket(reference).status is Status.IN_PROGRESS
