"""A time of day that staff type is that of the last moment at which their clock showed it."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from flask import Flask

from portal.i18n import last_showing

DAY = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
SHOWN: dict[str, tuple[datetime, time, datetime]] = {
    "just now": (DAY, time(14, 0), DAY),
    "a minute ahead": (DAY, time(14, 1), DAY.replace(minute=1)),
    "two minutes ahead was yesterday": (DAY, time(14, 2), datetime(2026, 3, 2, 12, 2, tzinfo=UTC)),
    "before midnight": (
        datetime(2026, 3, 2, 22, 1, tzinfo=UTC),
        time(23, 59),
        datetime(2026, 3, 2, 21, 59, tzinfo=UTC),
    ),
    "after midnight, a minute ahead": (
        datetime(2026, 3, 2, 21, 59, 30, tzinfo=UTC),
        time(0, 0),
        datetime(2026, 3, 2, 22, 0, tzinfo=UTC),
    ),
    "in the hour before it comes again": (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        time(3, 29),
        datetime(2026, 10, 25, 0, 29, tzinfo=UTC),
    ),
    "in the hour that came again": (
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        time(3, 29),
        datetime(2026, 10, 25, 1, 29, tzinfo=UTC),
    ),
    "before the hour that is left out": (
        datetime(2026, 3, 29, 1, 1, tzinfo=UTC),
        time(2, 59),
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize(("at", "shown", "moment"), SHOWN.values(), ids=SHOWN)
def test_a_time_of_day_is_that_of_the_last_moment_that_showed_it(
    app: Flask, at: datetime, shown: time, moment: datetime
) -> None:
    with app.test_request_context("/"):
        assert last_showing(shown, at) == moment
