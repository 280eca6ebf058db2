"""Whether the panel takes the key: found out, recorded for staff, and in nothing's way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask

from portal import notices, outbox
from portal.concerns import Carrier, NoticeState
from portal.demo.orders import Fault
from portal.extensions import db
from portal.models import Notice
from portal.worker import PanelWork, Worker
from tests.panel_shift import ORDER, PanelShift, at_work, due, found_out, readings, said
from tests.stored import filed, policy

WRONG = "not-the-key-of-this-panel"


def found(app: Flask) -> tuple[str | None, str]:
    """Return the fault that was found of the panel, and its words."""
    check = found_out(app)
    assert check
    return check.fault, check.detail


def test_a_panel_that_takes_the_key_is_found_to_work_and_it_says_when_it_answered_last(each_app: Flask) -> None:
    with at_work(each_app, {}) as shift:
        assert [call.get("action") for call in shift.check()] == ["balance"]
        assert found(each_app) == (None, "")
        answered = shift.clock.at
        shift.turn(minutes=1)
        check = found_out(each_app)
    assert check
    assert (check.at, check.shown) == (answered, shift.api.shown)


def test_a_panel_that_fails_is_counted_and_keeps_when_it_answered_last(each_app: Flask) -> None:
    due(each_app, ORDER)
    with at_work(each_app, {ORDER: said()}) as shift:
        shift.check()
        shift.reads(seconds=20)
        answered = shift.clock.at - timedelta(seconds=1)
        shift.shop.faults[""] = Fault.MAINTENANCE
        due(each_app, "2")
        shift.turn(seconds=1)
        shift.turn(seconds=15)
        check = found_out(each_app)
    assert check
    assert (check.fault, check.faults, check.at) == ("unknown", 2, answered)


def test_a_panel_that_never_answered_is_known_as_that(each_app: Flask) -> None:
    with at_work(each_app, {}) as shift:
        shift.shop.faults[""] = Fault.MAINTENANCE
        shift.work = PanelWork(shift.api, policy(each_app), shift.clock, shift.log)  # one that just started
        shift.check()
        check = found_out(each_app)
    assert check
    assert (check.faults, check.at) == (1, outbox.NEVER)


def test_a_wrong_key_is_found_out_and_recorded_without_the_key(each_app: Flask) -> None:
    with at_work(each_app, {ORDER: said()}) as right:
        shift = PanelShift(each_app, right.shop, f"http://{right.api.shown}", clock=right.clock, key=WRONG)
        shift.check()
    assert found(each_app) == ("refused", "Invalid API key")
    assert WRONG not in repr(shift.log.said)
    assert shift.work.checked == ("panel",)


def test_a_wrong_key_keeps_no_notice_from_its_way(app: Flask, tmp_path: Path) -> None:
    filed(app, email="anna@example.com")
    with at_work(app, {ORDER: said()}) as right:
        shift = PanelShift(app, right.shop, f"http://{right.api.shown}", clock=right.clock, key=WRONG)
        made = app.extensions["portal"]
        ways = notices.ways(made.settings.model_copy(update={"mail_folder": tmp_path}), made.keys)
        worker = Worker(ways, shift.work, shift.clock, shift.log)
        with app.app_context():
            worker.check()
            shift.work.check()
            while worker.turn():
                shift.clock.passes(seconds=20)
            mails = db.session.query(Notice).filter(Notice.carrier == Carrier.MAIL).all()
            assert [mail.state for mail in mails] == [NoticeState.SENT]
    assert found(app) == ("refused", "Invalid API key")
    assert readings(app) == []


def test_an_order_is_no_refusal_of_the_panel_where_it_is_the_key_that_is_refused(each_app: Flask) -> None:
    due(each_app, ORDER)
    with at_work(each_app, {ORDER: said()}) as shift:
        shift.shop.key = "changed-meanwhile"
        assert [call.get("action") for call in shift.reads()] == ["status", "balance"]
        assert (found(each_app)[0], readings(each_app)) == ("refused", [])
        shift.shop.key = shift.api._key
        shift.reads(seconds=15)
    assert found(each_app) == (None, "")
    assert [row.shown for row in readings(each_app)] == ["In progress"]


def test_a_panel_that_was_at_fault_is_checked_again_though_no_order_is_due(app: Flask) -> None:
    with at_work(app, {}) as shift:
        shift.shop.faults[""] = Fault.MAINTENANCE
        shift.check()
        assert found(app) == ("unknown", "HTTP 503")
        assert [len(shift.turn(seconds=passed)) for passed in (14, 1, 59, 1, 299, 1)] == [0, 1, 0, 1, 0, 1]
        shift.shop.faults.clear()
        assert [call.get("action") for call in shift.reads(minutes=5)] == ["balance"]
        assert found(app) == (None, "")
        assert shift.reads(minutes=5) == []
