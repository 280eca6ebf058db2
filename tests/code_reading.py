"""The project's own code, as the contract tests read it: modules, imports, the tables of the documents."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PORTAL = ROOT / "portal"
STANDARD = sys.stdlib_module_names | {"_typeshed"}
"""The standard library, and what type checkers know of it."""

WHOLE = "portal/__init__"
"""How the table of imports names the package as a whole."""


@dataclass(frozen=True)
class Import:
    """An import of a file: a module of ours by its name in the table, or another's top package."""

    file: Path
    line: int
    ours: bool
    name: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{shown(self.file)}:{self.line}"


def shown(path: Path) -> str:
    """Return a path as messages name it."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """Return every Python file of these folders, in order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_of(path: Path) -> str:
    """Return the module of the portal that a file belongs to: a folder counts as one."""
    first = path.relative_to(PORTAL).parts[0]
    return WHOLE if first == "__init__.py" else first.removesuffix(".py")


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """Return every import of a file, those in functions and for types alone too, without the standard library."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[Import]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from _named(path, node.lineno, [alias.name for alias in node.names])
        elif isinstance(node, ast.ImportFrom):
            yield from _named(path, node.lineno, _imported_from(path, node))


def dotted(node: ast.AST) -> str:
    """Return a name with its attributes as written, `datetime.now`; "" for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def table(document: Path, first_column: str) -> list[list[str]]:
    """Return the rows of a document's table whose first column has this head."""
    lines = document.read_text(encoding="utf-8").splitlines()
    heads = [number for number, line in enumerate(lines) if _cells(line)[:1] == [first_column]]
    assert len(heads) == 1, f"{shown(document)}: write one table whose first column is {first_column!r}"
    rows = lines[heads[0] + 2 :]
    end = next((number for number, line in enumerate(rows) if not line.startswith("|")), len(rows))
    return [_cells(line) for line in rows[:end]]


def tree(document: Path) -> dict[str, set[str]]:
    """Return what a document's indented tree names, by folder: "" for the top level, "portal" for what lies in it."""
    found: dict[str, set[str]] = {"": set()}
    folder = ""
    for line in document.read_text(encoding="utf-8").splitlines():
        entry = re.match(r"( {4}| {6})([\w.-]+[./][\w./-]*( [\w.-]+[./][\w./-]*)*)( {2,}|$)", line)
        if not entry:
            continue
        names = [name.strip("/").split("/")[0] for name in entry[2].split()]
        if len(entry[1]) == 4:
            folder = names[0]
            found[""] |= set(names)
        else:
            found.setdefault(folder, set()).update(names)
    return found


def names(cell: str) -> list[str]:
    """Return the names that a cell lists; none for "–"."""
    return [name.strip(" `") for name in cell.split(",") if name.strip(" `–-")]


def _named(path: Path, line: int, names: list[str]) -> Iterator[Import]:
    """Yield the imports of one line, each once."""
    found = [
        (top == "portal", _module(rest) if top == "portal" else top) for top, *rest in (n.split(".") for n in names)
    ]
    for ours, name in dict.fromkeys(found):
        if ours or name not in STANDARD:
            yield Import(path, line, ours=ours, name=name)


def _imported_from(path: Path, node: ast.ImportFrom) -> list[str]:
    package = path.relative_to(ROOT).parent.parts
    base = (
        [*package[: len(package) - node.level + 1], *([node.module] if node.module else [])]
        if node.level
        else [node.module or ""]
    )
    return [".".join([*base, alias.name]) for alias in node.names]


@cache
def modules() -> frozenset[str]:
    """Return the names of the portal's modules."""
    return frozenset(module_of(path) for path in python_files("portal"))


def _module(rest: list[str]) -> str:
    """Return the module that `portal.<rest>` is, or lies in; a name of `portal` itself is the whole."""
    return rest[0] if rest and rest[0] in modules() else WHOLE


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
