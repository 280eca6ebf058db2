"""The channels of staff: each is told once of what waits for staff, by a real server that Apprise speaks to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask import Flask

from portal import tickets
from portal.clock import now
from portal.concerns import Carrier
from portal.notices.channels import WITHIN, channels
from portal.outbox import HELD, PAUSES, Fault
from tests.hook_server import Hooks, dripping, hooks, status
from tests.shift import Shift, checks, written
from tests.stored import PASSED, RIGHT, filed

EMAIL = "customer@example.com"


def channel(hook: Hooks, part: str = "hooks") -> str:
    """Return a server's address as Apprise has it."""
    return f"json://127.0.0.1:{hook.port}/{part}/"


def titles(hook: Hooks) -> list[str]:
    """Return the titles of what a channel was sent, in order."""
    return [json.loads(call.body)["title"] for call in hook.calls]


@pytest.fixture
def two() -> Iterator[tuple[Hooks, Hooks]]:
    """Two channels' servers."""
    with ExitStack() as running:
        yield running.enter_context(hooks()), running.enter_context(hooks())


def shift_with(app: Flask, *served: Hooks, target: int | None = None) -> Shift:
    """Return a shift with these channels."""
    return Shift(app, staff_channels=tuple(map(channel, served)), answer_target=target)


def write(app: Flask, reference: str) -> None:
    """Have the customer write."""
    with app.app_context():
        this = f"written {reference}"
        tickets.write_to_staff(reference, "Here is the picture.", pictures=(), browser="", submission=this, at=now())


def test_each_channel_is_told_once_of_a_request_an_answer_and_one_that_waits_too_long(
    each_app: Flask, two: tuple[Hooks, Hooks]
) -> None:
    reference = filed(each_app, email=EMAIL)
    shift = shift_with(each_app, *two, target=4)
    shift.work()
    write(each_app, reference)
    shift.work(timedelta(minutes=1))
    shift.work(timedelta(hours=4) - PASSED - timedelta(minutes=2))
    told = ["Новий запит: замовлення 1048576", "Клієнт відповів: замовлення 1048576"]
    assert [titles(hook) for hook in two] == [told, told]
    shift.work(timedelta(minutes=2))
    shift.work(timedelta(days=2))
    told.append("Досі без відповіді: замовлення 1048576")
    assert [titles(hook) for hook in two] == [told, told]


def test_a_channel_is_told_nothing_that_a_customer_typed_but_the_order_id(app: Flask, two: tuple[Hooks, Hooks]) -> None:
    reference = filed(app, email=EMAIL, reference="A note of theirs")
    write(app, reference)
    shift_with(app, *two, target=1).work()
    said = " ".join(call.body.decode() for call in two[0].calls)
    assert len(two[0].calls) == 3
    assert f"/staff/tickets/{reference}" in said
    assert not [told for told in (RIGHT["reason"], RIGHT["link"], "picture", "theirs", EMAIL) if told in said]


def test_without_a_target_nobody_is_reminded(app: Flask, two: tuple[Hooks, Hooks]) -> None:
    filed(app)
    shift = shift_with(app, *two)
    shift.work()
    shift.work(timedelta(days=30))
    assert titles(two[0]) == ["Новий запит: замовлення 1048576"]


def test_a_channel_that_fails_is_tried_again_and_repeats_no_other(each_app: Flask, two: tuple[Hooks, Hooks]) -> None:
    good, bad = two
    bad.answer = status(500)
    filed(each_app)
    shift = shift_with(each_app, good, bad)
    shift.work()
    shift.work(PAUSES[0])
    assert (len(good.calls), len(bad.calls)) == (1, 2)
    bad.answer = status(204)
    shift.work(PAUSES[1])
    shift.work(timedelta(days=1))
    assert (len(good.calls), len(bad.calls)) == (1, 3)
    assert [notice.state for notice in written(each_app, Carrier.CHANNEL)] == ["sent"] * 3


def test_what_waits_for_a_channel_that_is_set_no_longer_is_dropped(each_app: Flask, two: tuple[Hooks, Hooks]) -> None:
    good, bad = two
    bad.answer = status(500)
    filed(each_app)
    shift = shift_with(each_app, good, bad)
    shift.work()
    later = shift_with(each_app, good)
    later.work(timedelta(minutes=2))
    assert (len(good.calls), len(bad.calls)) == (1, 1)
    states = [(notice.state, notice.fault) for notice in written(each_app, Carrier.CHANNEL)]
    assert states == [("sent", None), ("sent", None), ("dropped", Fault.NOT_SET)]


def test_without_channels_nothing_waits_for_one(app: Flask) -> None:
    filed(app)
    Shift(app).work()
    assert [notice.state for notice in written(app, Carrier.CHANNEL)] == ["dropped"]


def test_a_worker_records_at_its_start_which_channels_work(each_app: Flask, two: tuple[Hooks, Hooks]) -> None:
    good, bad = two
    bad.answer = status(500)
    shift_with(each_app, good, bad).check()
    found = checks(each_app)
    assert (found["json (1)"].fault, found["json (2)"].fault) == (None, Fault.NOT_TAKEN)
    assert "500" in found["json (2)"].detail
    assert titles(good) == ["SMM-PANEL.PRO"]


def test_a_channel_that_works_is_not_sent_a_line_again_within_a_day(each_app: Flask, two: tuple[Hooks, Hooks]) -> None:
    good, bad = two
    bad.answer = status(500)
    begun = now()
    for hours, calls in ((0, (1, 1)), (23, (1, 2)), (25, (2, 3))):
        shift = shift_with(each_app, good, bad)
        shift.at = begun + timedelta(hours=hours)
        shift.check()
        assert (len(good.calls), len(bad.calls)) == calls


def test_what_was_found_of_a_channel_that_is_set_no_longer_is_forgotten(
    each_app: Flask, two: tuple[Hooks, Hooks]
) -> None:
    shift_with(each_app, *two).check()
    shift_with(each_app, two[0]).check()
    assert set(checks(each_app)) == {"json (1)", "mail"}


def test_a_channel_that_answers_drop_by_drop_holds_a_worker_no_longer_than_a_message_may_take() -> None:
    assert timedelta(seconds=WITHIN) < HELD / 2
    with hooks() as hook:
        hook.answer = dripping(hook, b"HTTP/1.1 200 OK\r\na: ", b"x")
        (one,) = channels((channel(hook),))
        assert one.send("A title", "A text", within=0.4).fault is Fault.NOT_TAKEN
