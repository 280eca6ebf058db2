"""The page of results, and its drawing of how cost grows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.growth import MOST, OF_SMALL, SMALL, STAFF, Cost, Growth
from bench.growth_svg import HEIGHT, WIDTH, draw
from bench.results import DRAWING, TABLE, Run, keep
from bench.table import Row
from tests.code_reading import ROOT

SVG = "{http://www.w3.org/2000/svg}"
SIZES = (SMALL, 10_000, 100_000)


def growth(kind: str, grows: float = 1.0) -> Growth:
    """Return costs that grow so many times with each size."""
    costs = [
        Cost(kind=kind, what=what, tickets=size, p50=4 * grows**place, p99=9.0, small=4.0, ratio=grows**place)
        for place, size in enumerate(SIZES)
        for what in STAFF
    ]
    return Growth(costs=costs, filled_in={10_000: 4.0, 100_000: 38.0}, mebibytes=200.0)


def test_the_drawing_has_a_line_for_each_thing_and_a_panel_for_each_database() -> None:
    drawing = ElementTree.fromstring(draw([*growth("sqlite").costs, *growth("postgresql", 1.2).costs]))
    lines = drawing.findall(f"{SVG}polyline")
    of_legend = len(STAFF)
    assert len(lines) == 2 * len(STAFF) + of_legend
    said = [text.text for text in drawing.findall(f"{SVG}text")]
    assert {"SQLite", "PostgreSQL", "1,000", "100,000", *STAFF} <= set(said)
    for line in lines:
        points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


def test_a_cost_that_grows_rises_and_one_that_does_not_is_level() -> None:
    for grows, level in ((1.0, True), (1.5, False)):
        drawing = ElementTree.fromstring(draw(growth("sqlite", grows).costs))
        first = drawing.findall(f"{SVG}polyline")[0]
        heights = [float(point.split(",")[1]) for point in first.attrib["points"].split()]
        assert (len(set(heights)) == 1) is level
        assert heights == sorted(heights, reverse=True)


def test_the_drawing_can_be_read_in_light_and_dark_and_says_what_it_shows() -> None:
    drawn = draw(growth("sqlite").costs)
    assert "prefers-color-scheme: dark" in drawn
    drawing = ElementTree.fromstring(drawn)
    title = drawing.find(f"{SVG}title")
    assert title is not None
    assert drawing.attrib["aria-labelledby"] == title.attrib["id"]
    assert str(title.text).endswith("from 1,000 to 100,000 tickets")


@pytest.mark.parametrize(("grows", "holds"), [(1.2, True), (1.3, False)])
def test_the_table_holds_the_most_tickets_to_a_thousand(grows: float, holds: bool) -> None:
    rows = list(growth("sqlite", grows).rows())
    assert [row.holds for row in rows] == [holds] * len(STAFF) + [True]
    assert rows[0].what == "list, 100,000 tickets, SQLite"
    assert rows[0].to_reach == f"≤ {OF_SMALL:g} ×, ≤ {MOST:g} ms"


def test_a_run_is_kept_with_its_table_its_machine_and_its_drawing(tmp_path: Path) -> None:
    run = Run(
        rows=[Row(what="policy page", reached="9 /s", holds=False)],
        growths=[growth("sqlite"), growth("postgresql")],
        command="make bench",
        rounds=5,
        began=datetime(2026, 11, 25, 9, tzinfo=UTC),
        seconds=571,
        machine="2 × a processor. It was idle before.",
        versions="Python 3",
    )
    keep(run, tmp_path)
    page = (tmp_path / TABLE).read_text(encoding="utf-8")
    assert "on 25 November 2026 by `make bench`, in 10 minutes" in page
    assert "2 × a processor" in page
    assert f"]({DRAWING})" in page
    assert "| list | 4.00 (9.00) | 4.00 (9.00) | 4.00 (9.00) |" in page
    assert "SQLite was filled to 100,000 tickets in 42 s." in page
    ElementTree.parse(tmp_path / DRAWING)


def test_what_is_kept_is_shown_by_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in (TABLE, DRAWING):
        assert f"(bench/{name})" in readme
        assert (ROOT / "bench" / name).exists()
