"""All faults in one run: none is left out, and the page says of each whether what was promised held."""

from __future__ import annotations

from bench.faults.__main__ import SCRIPTS, Came
from tests.code_reading import ROOT


def test_each_script_is_run() -> None:
    folder = ROOT / "bench" / "faults"
    commands = {file.stem for file in folder.glob("*.py") if "@click.command()" in file.read_text(encoding="utf-8")}
    assert set(SCRIPTS) == commands


def test_the_page_says_what_did_not_hold() -> None:
    well = Came("killed", "sqlite\ntickets filed  12\n", "", held=True).part
    ill = Came("full", "sqlite\ntickets filed  12\n", "sqlite: 1 ticket is half\n", held=False).part
    assert "## bench.faults.killed\n\nAll held.\n" in well
    assert "tickets filed  12" in well
    assert "**It did not hold:** sqlite: 1 ticket is half" in ill
