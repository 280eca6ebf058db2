"""Who may import whom, as `docs/architecture.md` says: what is absent from its table is forbidden."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.code_reading import PORTAL, ROOT, WHOLE, Import, imports, module_of, modules, names, python_files, table

ARCHITECTURE = ROOT / "docs" / "architecture.md"
MODULES = sorted(modules())


@dataclass(frozen=True)
class Allowed:
    """A row of the table."""

    ours: Callable[[str], bool]
    others: frozenset[str]


def allowed() -> dict[str, Allowed]:
    """Return the table by module."""
    rows = [row for row in table(ARCHITECTURE, "module") if len(row) == 3]
    return {module: Allowed(_ours(row[1]), frozenset(names(row[2]))) for row in rows for module in names(row[0])}


def _ours(cell: str) -> Callable[[str], bool]:
    """Read "–", "a, b", "all", "anything but a and b"."""
    if cell == "all":
        return lambda name: True
    if excluded := re.fullmatch(r"anything but (.+)", cell):
        shut = {name.strip(" `") for name in re.split(r",| and ", excluded[1])} | {WHOLE}
        return lambda name: name not in shut
    return lambda name: name in names(cell)


def test_the_table_of_imports_has_a_row_for_each_module_and_none_for_another() -> None:
    rows = set(allowed())
    assert rows >= set(MODULES), f"add to the table in docs/architecture.md: {sorted(set(MODULES) - rows)}"
    assert rows <= set(MODULES), f"remove from the table in docs/architecture.md: {sorted(rows - set(MODULES))}"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_the_table_allows(module: str) -> None:
    row = allowed()[module]
    forbidden = [
        f"{found.place}: {module} may not import {'portal.' if found.ours else ''}{found.name}"
        for path in python_files("portal")
        if module_of(path) == module
        for found in imports(path)
        if not _permitted(found, module, row)
    ]
    assert not forbidden, "move the code, or the row in docs/architecture.md:\n" + "\n".join(forbidden)


def _permitted(found: Import, module: str, row: Allowed) -> bool:
    if found.ours:
        return found.name == module or row.ours(found.name)
    return found.name in row.others


def test_the_table_allows_no_library_that_its_modules_do_not_use() -> None:
    used = {(module_of(path), found.name) for path in python_files("portal") for found in imports(path)}
    spare = [
        f"{row[0]}: {name}"
        for row in table(ARCHITECTURE, "module")
        for name in names(row[2])
        if not any((module, name) in used for module in names(row[0]))
    ]
    assert not spare, f"remove from the table in docs/architecture.md: {spare}"


def test_only_wsgi_and_tests_import_the_portal_as_a_whole() -> None:
    found = [i.place for path in python_files("portal") for i in imports(path) if i.ours and i.name == WHOLE]
    assert not found, f"import the module that is needed, not `portal` itself: {found}"


def test_there_is_a_portal_to_read() -> None:
    assert len(MODULES) > 5
    assert (PORTAL / "policy.py").exists()
