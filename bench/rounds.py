"""Measures in turn: portal, baseline, portal, …, so that what changes on the machine meanwhile meets both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import TypeVar

Name = TypeVar("Name")
Result = TypeVar("Result")


def in_turn(measures: Mapping[Name, Callable[[], Result]], rounds: int) -> dict[Name, list[Result]]:
    """Return what each of these measured, by its name, in so many rounds; each round has every one once."""
    found: dict[Name, list[Result]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of what is ours over what is theirs, round by round."""
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))
