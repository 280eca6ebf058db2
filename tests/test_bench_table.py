"""The table of what was measured: its medians, ratios and verdicts."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bench.rounds import in_turn, ratio
from bench.table import Row, at_most, figure, markdown, part, rate
from bench.wrk import answers


def test_measures_are_made_in_turn_in_each_round() -> None:
    made: list[str] = []

    def measure(name: str) -> int:
        made.append(name)
        return len(made)

    found = in_turn({name: partial(measure, name) for name in ("ours", "theirs")}, 3)
    assert made == ["ours", "theirs"] * 3
    assert found == {"ours": [1, 3, 5], "theirs": [2, 4, 6]}


def test_a_ratio_is_the_median_of_those_within_the_rounds() -> None:
    assert ratio([10, 30, 100], [10, 10, 50]) == 2  # of the medians it would be 3


@pytest.mark.parametrize(("ours", "holds"), [([14, 15, 16], True), ([14, 14, 16], False)])
def test_a_rate_holds_where_it_is_so_many_times_the_other(ours: list[float], holds: bool) -> None:
    row = rate("filing", ours, [10, 10, 10], 1.5, "plain form")
    assert row.holds is holds
    assert row.baseline == "plain form 10 /s"
    assert row.to_reach == "1.5 ×"


@pytest.mark.parametrize(("ours", "holds"), [([100, 100, 100], True), ([100, 104, 108], False)])
def test_a_time_holds_where_it_is_at_most_a_part_of_the_other(ours: list[float], holds: bool) -> None:
    row = part("99th percentile", ours, [400, 400, 400], 0.25, "plain form")
    assert (row.holds, row.to_reach, row.baseline) == (holds, "≤ 0.25 ×", "plain form 400 ms")


@pytest.mark.parametrize(("value", "holds"), [(250.0, True), (250.1, False)])
def test_a_value_holds_up_to_what_is_the_most(value: float, holds: bool) -> None:
    assert at_most("memory", value, 250, "MiB").holds is holds


@pytest.mark.parametrize(
    ("value", "shown"), [(12345.6, "12,346"), (99.94, "99.9"), (9.994, "9.99"), (0.25, "0.25"), (4, "4")]
)
def test_a_figure_has_as_many_places_as_were_measured(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_the_table_says_plainly_what_does_not_hold() -> None:
    lines = markdown([Row(what="a", reached="1 s", holds=True), Row(what="longer", reached="2", holds=False)])
    head, rule, first, second = lines.splitlines()
    assert len({len(line) for line in (head, rule, first, second)}) == 1
    assert [cell.strip() for cell in first.split("|")[1:-1]] == ["a", "1 s", "–", "–", "–", "yes"]
    assert second.endswith("| **no** |")


def test_percentiles_and_rates_are_those_of_every_single_answer() -> None:
    slow = _noted({"303": 99, "200": 1}, seconds=1, times=[1000 * place for place in range(100, 0, -1)])
    came = answers([slow, _noted({}, seconds=0, times=[])])
    assert came.statuses == {303: 99, 200: 1}
    assert came.rate == 100
    assert (came.percentile(0.5), came.percentile(0.99), came.percentile(1)) == (50, 99, 100)


def test_no_answer_at_all_is_no_measure() -> None:
    with pytest.raises(RuntimeError, match="nothing was answered"):
        answers([_noted({}, seconds=0, times=[])])


def _noted(statuses: dict[str, int], seconds: float, times: list[int]) -> dict[str, Any]:
    return {"statuses": statuses, "begun": 5e6, "ended": 5e6 + seconds * 1e6, "times": times}
