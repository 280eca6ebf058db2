"""How cost grows with the number of tickets, drawn as an SVG that can be read in light and in dark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

from bench.databases import KINDS
from bench.growth import Cost

WIDTH, HEIGHT = 820, 400
PANEL_WIDTH, PANEL_HEIGHT, TOP, LEFT, GAP = 320, 230, 60, 60, 84
LINES = (
    ("#3b7dd8", "circle"),
    ("#d9730d", "square"),
    ("#2a9d6f", "diamond"),
    ("#c2459b", "triangle"),
    ("#8a6fd1", "cross"),
    ("#8f8f37", "ring"),
)
"""A colour and a mark for each line: nobody needs to tell colours apart. Each stands out on white and on black."""
STEPS = (1, 2, 2.5, 5, 10)
MOST_STEPS = 5
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .panel { font-weight: 600 } .small { font-size: 12px }
.grid { stroke: #d0d7de } .line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .grid { stroke: #3d444d } }
"""
Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The lines of one kind of database: where it begins, and how tickets and milliseconds become places."""

    left: float
    tickets: tuple[int, int]
    most: float

    def at(self, tickets: float, milliseconds: float) -> Point:
        """Return the place of a cost."""
        first, last = (log10(number) for number in self.tickets)
        across = (log10(tickets) - first) / (last - first or 1)
        return self.left + across * PANEL_WIDTH, TOP + PANEL_HEIGHT * (1 - milliseconds / self.most)


def draw(costs: Sequence[Cost]) -> str:
    """Return the drawing: one panel for each kind of database, one line for each thing that is done."""
    kinds = list(dict.fromkeys(cost.kind for cost in costs))
    names = list(dict.fromkeys(cost.what for cost in costs))
    sizes = sorted({cost.tickets for cost in costs})
    step = _step(max(cost.p50 for cost in costs))
    most = step * ceil(max(cost.p50 for cost in costs) / step)
    body = [_text(LEFT - 36, 24, "Milliseconds for one answer (median) by number of tickets", "title")]
    for place, kind in enumerate(kinds):
        panel = Panel(left=LEFT + place * (PANEL_WIDTH + GAP), tickets=(sizes[0], sizes[-1]), most=most)
        body += _frame(panel, KINDS[kind], sizes, step)
        for number, name in enumerate(names):
            points = [panel.at(c.tickets, c.p50) for c in costs if (c.kind, c.what) == (kind, name)]
            body += _line(points, *LINES[number % len(LINES)])
    body += _legend(names)
    said = f"Lines for {', '.join(names)}, from {sizes[0]:,} to {sizes[-1]:,} tickets"
    return _svg(body, said)


def _svg(body: Iterable[str], said: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="said">'
    lines = [head, f'<title id="said">{escape(said)}</title>', f"<style>\n{STYLE}</style>", *body, "</svg>"]
    return "\n".join(lines) + "\n"


def _step(most: float) -> float:
    """Return a round number of milliseconds, a few of which reach the dearest."""
    unit = 10.0 ** ceil(log10(most / MOST_STEPS) - 1)
    return next(unit * step for step in STEPS if unit * step * MOST_STEPS >= most)


def _frame(panel: Panel, name: str, sizes: Sequence[int], step: float) -> Iterator[str]:
    yield _text(panel.left, TOP - 12, name, "panel")
    for number in range(round(panel.most / step) + 1):
        x, y = panel.at(panel.tickets[0], number * step)
        yield f'<path class="grid" d="M{x:.1f} {y:.1f}h{PANEL_WIDTH}"/>'
        yield _text(x - 8, y + 4, f"{number * step:g}", "small", "end")
    for size in sizes:
        x, y = panel.at(size, 0)
        yield _text(x, y + 20, f"{size:,}", "small", "middle")


def _line(points: Sequence[Point], colour: str, mark: str) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline class="line" stroke="{colour}" points="{path}"/>'
    yield from (_mark(x, y, colour, mark) for x, y in points)


def _mark(x: float, y: float, colour: str, mark: str) -> str:
    drawn = {
        "circle": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
        "square": "m-4-4h8v8h-8z",
        "diamond": "m0-5l5 5l-5 5l-5-5z",
        "triangle": "m0-5l5 9h-10z",
        "cross": "m-4-4l8 8m0-8l-8 8",
        "ring": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    }[mark]
    fill = "none" if mark in ("cross", "ring") else colour
    return f'<path d="M{x:.1f} {y:.1f}{drawn}" fill="{fill}" stroke="{colour}" stroke-width="2"/>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names):
        x, y = LEFT + number % 3 * 250, TOP + PANEL_HEIGHT + 56 + number // 3 * 26
        yield from _line([(x, y), (x + 28, y)], *LINES[number % len(LINES)])
        yield _text(x + 40, y + 4, name)


def _text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(said)}</text>'
