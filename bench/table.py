"""The table of what was measured: what was reached beside its baseline, the ratio, and whether it is enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.rounds import ratio

HEAD = ("what", "reached", "baseline", "ratio", "to reach", "holds")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of the table; `holds` is `None` where nothing is to be reached: it is told for comparison."""

    what: str
    reached: str
    baseline: str = "–"
    ratio: str = "–"
    to_reach: str = "–"
    holds: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's cells, in the order of the head."""
        holds = {True: "yes", False: "**no**", None: "–"}[self.holds]
        return (self.what, self.reached, self.baseline, self.ratio, self.to_reach, holds)


def rate(what: str, ours: Sequence[float], theirs: Sequence[float], least: float, whose: str) -> Row:
    """Return the line of two rates (a second), round by round: ours is to be at least so many times theirs."""
    reached = ratio(ours, theirs)
    return Row(
        what=what,
        reached=per_second(median(ours)),
        baseline=f"{whose} {per_second(median(theirs))}",
        ratio=f"{reached:.2f}",
        to_reach=f"{least:g} ×",
        holds=reached >= least,
    )


def at_most(what: str, value: float, most: float, unit: str = "", more: str = "") -> Row:
    """Return the line of a value that is to be no more than `most`; `more` is told beside it."""
    shown = f"{figure(value)} {unit}".strip() + (f" ({more})" if more else "")
    return Row(what=what, reached=shown, to_reach=f"≤ {most:g} {unit}".strip(), holds=value <= most)


def part(what: str, ours: Sequence[float], theirs: Sequence[float], most: float, whose: str) -> Row:
    """Return the line of two times (ms), round by round: ours is to be at most this part of theirs."""
    reached = ratio(ours, theirs)
    return Row(
        what=what,
        reached=f"{figure(median(ours))} ms",
        baseline=f"{whose} {figure(median(theirs))} ms",
        ratio=f"{reached:.2f}",
        to_reach=f"≤ {most:g} ×",
        holds=reached <= most,
    )


def per_second(value: float) -> str:
    """Return a rate in words."""
    return f"{figure(value)} /s"


def figure(value: float) -> str:
    """Return a number with as many figures as were measured, or as it was counted."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def markdown(rows: Iterable[Row]) -> str:
    """Return the table, as Markdown whose columns stand below each other."""
    cells = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"
