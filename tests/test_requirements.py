"""The pinned packages: exact, whole, installed, and no more than what is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.code_reading import ROOT, imports, python_files, shown

RUNNING = ROOT / "requirements.txt"
TESTING = ROOT / "tests" / "requirements.txt"
FILES = (RUNNING, TESTING)
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[\w,]+\])?==(?P<version>[\w.]+)(\s*;\s*.+)?")


def pins(path: Path) -> dict[str, str]:
    """Return the pinned versions by canonical name."""
    found = [PIN.fullmatch(line) for line in _lines(path)]
    return {_canonical(pin["name"]): pin["version"] for pin in found if pin}


def _lines(path: Path) -> list[str]:
    lines = [line.split(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-r ", "-c "))]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_each_package_is_pinned_to_one_version(path: Path) -> None:
    loose = [line for line in _lines(path) if not PIN.fullmatch(line)]
    assert not loose, f"{shown(path)}: write name==version: {loose}"


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_what_is_pinned_is_what_runs_here(path: Path) -> None:
    other = {name: version for name, version in pins(path).items() if metadata.version(name) != version}
    assert not other, f"{shown(path)}: other versions are installed than {other}: make the environment again"


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_what_a_pinned_package_needs_is_pinned_too(path: Path) -> None:
    known = pins(RUNNING) | (pins(TESTING) if path == TESTING else {})
    loose = sorted(
        f"{need.name} (for {name})"
        for name in pins(path)
        for need in _needs(name)
        if _canonical(need.name) not in known
    )
    assert not loose, f"{shown(path)}: pin {loose}"


def _needs(name: str) -> list[Requirement]:
    needs = [Requirement(line) for line in metadata.requires(name) or []]
    return [need for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]


def test_the_portal_imports_nothing_that_is_not_pinned() -> None:
    assert not _unpinned("portal", pins(RUNNING)), "add to requirements.txt"


def test_the_tests_import_nothing_that_is_not_pinned() -> None:
    assert not _unpinned("tests", pins(RUNNING) | pins(TESTING)), "add to tests/requirements.txt"


def test_the_measurements_import_nothing_that_is_not_pinned() -> None:
    assert not _unpinned("bench", pins(RUNNING) | pins(TESTING)), "add to tests/requirements.txt"


@cache
def distributions() -> Mapping[str, list[str]]:
    """Return which packages bring each module."""
    return metadata.packages_distributions()


def _unpinned(folder: str, pinned: dict[str, str]) -> list[str]:
    packages = distributions()
    return [
        f"{found.place}: {found.name}"
        for path in python_files(folder)
        for found in imports(path)
        if not found.ours
        and found.name not in ("tests", "bench")
        and not {_canonical(name) for name in packages.get(found.name, [])} & pinned.keys()
    ]
