"""The shape of the house: sizes, templates, tests, the clock, the environment, the top level."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.code_reading import PORTAL, ROOT, dotted, parsed, python_files, shown, tree

BESIDE = {".ci", ".git", ".gitignore", "Makefile", "README.md", "bench", "docs", "pyproject.toml", "requirements.txt"}
"""What every project has at its top level, beside what the tree in docs/architecture.md shows."""

LONGEST_FILE = {".py": 250, ".js": 250, ".html": 250, ".css": 600}
LONGEST_FUNCTION = 40
GENERATED = PORTAL / "migrations" / "versions"
ARCHITECTURE = ROOT / "docs" / "architecture.md"

OURS = ("portal", "tests", "bench")
TEMPLATES = sorted((PORTAL / "templates").rglob("*.*"))
UNSAFE_IN_TEMPLATES = {
    r"\|\s*safe\b": "let Jinja escape it",
    r"autoescape\s+false": "let Jinja escape it",
    r"\bMarkup\b": "let Jinja escape it",
    r"\sstyle\s*=": "use a class of static/portal.css",
    r"<style\b": "use static/portal.css",
    r"\son[a-z]+\s*=\s*[\"']": "listen in a file of static/",
    r"<script(?![^>]*\bsrc=)": "put the script into a file of static/",
    r"\{\{-?\s*'[^']*=\"": "put the attribute between {% if … %} and {% endif %}: here its quotes would be escaped",
    r"\.query\b|\bsession\.|\bselect\(|\bdb\.": "give the template finished objects",
}
EXTENDS = re.compile(r"{%-? extends ['\"]([^'\"]+)")
CLOCKS = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
CLOCK_READERS = {"portal/clock.py"}
ENVIRONMENT = re.compile(r"^os\.(environ|environb|getenv|getenvb|putenv)$")
ENVIRONMENT_READERS = {"portal/app.py", "portal/serve/start.py"}
NEVER_IN_TESTS = {
    **dict.fromkeys(("mock", "Mock", "MagicMock", "monkeypatch", "MonkeyPatch"), "use the real thing"),
    **dict.fromkeys(("skip", "skipif", "skipTest", "xfail", "importorskip"), "make the test run, or remove it"),
    **dict.fromkeys(("sleep", "wait_for_timeout"), "wait for what is to happen, not for a time"),
}
LEFT_OPEN = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
WAIVER = re.compile(r"\b(noqa|type: ignore)\b")


def test_no_file_is_longer_than_its_limit() -> None:
    long = [
        f"{shown(path)}: {lines} lines, at most {LONGEST_FILE[path.suffix]}"
        for folder in OURS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in LONGEST_FILE
        and GENERATED not in path.parents
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE[path.suffix]
    ]
    assert not long, "find the second subject in it and give it a file:\n" + "\n".join(long)


def test_no_function_is_longer_than_its_limit() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name}: {lines} lines"
        for path in python_files(*OURS)
        if GENERATED not in path.parents
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long, f"name a part of it and take it out (at most {LONGEST_FUNCTION} lines):\n" + "\n".join(long)


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_is_safe_and_asks_for_nothing(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [
        f"{shown(path)}:{number}: {line.strip()}: {mend}"
        for number, line in enumerate(lines, 1)
        for pattern, mend in UNSAFE_IN_TEMPLATES.items()
        if re.search(pattern, line, re.IGNORECASE)
    ]
    assert not found, "\n".join(found)


def test_every_page_has_a_title() -> None:
    sources = {
        path.relative_to(PORTAL / "templates").as_posix(): path.read_text(encoding="utf-8") for path in TEMPLATES
    }
    extended = {name: EXTENDS.findall(source) for name, source in sources.items()}
    frames = {frame for names in extended.values() for frame in names}
    untitled = [
        name
        for name, names in extended.items()
        if names and name not in frames and "{% block title %}" not in sources[name]
    ]
    assert not untitled, f"add {{% block title %}} to {untitled}"


def test_only_the_clock_reads_the_clock() -> None:
    found = _uses(CLOCKS, CLOCK_READERS, {"time": {"time", "time_ns", "localtime", "gmtime"}})
    assert not found, "take the moment as an argument; views ask portal.clock.now():\n" + "\n".join(found)


def test_only_the_start_reads_the_environment() -> None:
    found = _uses(ENVIRONMENT, ENVIRONMENT_READERS, {"os": {"environ", "getenv"}})
    assert not found, "make it a setting in portal/settings.py:\n" + "\n".join(found)


def _uses(pattern: re.Pattern[str], readers: set[str], hidden: dict[str, set[str]]) -> list[str]:
    """Return where code of the portal uses what the pattern names, or imports it by its bare name."""
    return [
        f"{shown(path)}:{getattr(node, 'lineno', 0)}"
        for path in python_files("portal")
        if shown(path) not in readers
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Attribute) and pattern.search(dotted(node)))
        or (isinstance(node, ast.ImportFrom) and {a.name for a in node.names} & hidden.get(node.module or "", set()))
    ]


def test_tests_use_the_real_thing_and_wait_for_no_time() -> None:
    found = [
        f"{shown(path)}:{line}: {name}: {NEVER_IN_TESTS[name]}"
        for path in python_files("tests", "bench")
        for line, name in _identifiers(parsed(path))
        if name in NEVER_IN_TESTS
    ]
    assert not found, "\n".join(found)


def _identifiers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, part) for alias in node.names for part in alias.name.split("."))


def test_nothing_is_put_off_or_waived_in_the_code() -> None:
    found = [
        f"{shown(path)}:{token.start[0]}: {token.string}"
        for path in [*python_files(*OURS), ROOT / "wsgi.py"]
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
        if token.type == tokenize.COMMENT and _open(token.string)
    ]
    assert not found, (
        "do it now; what a package makes unavoidable is said in pyproject.toml, with its reason:\n" + "\n".join(found)
    )


def _open(comment: str) -> bool:
    return bool(LEFT_OPEN.search(comment) or WAIVER.search(comment))


def test_the_top_level_holds_only_what_is_agreed_and_the_architecture_shows() -> None:
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    entries = {path.name for path in ROOT.iterdir() if not any(fnmatch(path.name, pattern) for pattern in ignored)}
    allowed = tree(ARCHITECTURE)[""] | BESIDE
    assert entries <= allowed, f"show in docs/architecture.md, move or ignore: {sorted(entries - allowed)}"


def test_the_architecture_shows_every_room_and_no_other() -> None:
    shown_there = tree(ARCHITECTURE)["portal"]
    there = {path.name for path in PORTAL.iterdir() if path.name != "__pycache__"}
    assert shown_there >= there, f"add to the tree in docs/architecture.md: {sorted(there - shown_there)}"
    assert shown_there <= there, f"remove from the tree in docs/architecture.md: {sorted(shown_there - there)}"
