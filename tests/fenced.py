"""The fenced blocks of a document, as whoever follows it meets them: files to write, and commands to run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMED = re.compile(r"(?:#!.*\n)?# (/[\w./-]+)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the heading over it, its text."""

    language: str
    heading: str
    text: str

    @property
    def path(self) -> str:
        """The file that the block is, by its first line; "" for commands."""
        named = NAMED.match(self.text)
        return named[1] if named else ""


def blocks(document: Path) -> list[Block]:
    """Return the fenced blocks of a document, in order."""
    text = document.read_text(encoding="utf-8")
    return [Block(found[1], _heading(text[: found.start()]), found[2]) for found in FENCED.finditer(text)]


def files(document: Path) -> dict[str, str]:
    """Return the files that a document has one write: their texts by their paths."""
    return {block.path: block.text for block in blocks(document) if block.path}


def commands(document: Path, heading: str) -> list[str]:
    """Return the commands under a heading of a document, a text a block."""
    return [block.text for block in blocks(document) if block.heading == heading and not block.path]


def _heading(before: str) -> str:
    *_, last = "", *HEADING.findall(FENCED.sub("", before))
    return str(last)
