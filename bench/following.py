"""Somebody who follows docs/running.md on a machine, and looks at what comes of it."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from bench.inner_machine import Machine
from bench.programs import until
from tests.build import SECRET_KEYS
from tests.fenced import Block, blocks
from tests.nginx import DOCUMENT, NAME

ELSEWHERE = "https://git.example.com/portal.git"
KEYS = " ".join(f"{key.id}:{key.secret}" for key in SECRET_KEYS)
"""The secret keys of the tests, by which a form's age can be told."""
ANSWERS_WITHIN = 30
"""Seconds."""


class Follower:
    """Somebody who follows the document on a machine."""

    def __init__(self, machine: Machine, given: Path) -> None:
        self.machine = machine
        self._certificate = given / "fullchain.pem"
        self._blocks = blocks(DOCUMENT)
        self._links: dict[str, str] = {}

    def follow(self, heading: str, words: str = "", **variables: str) -> None:
        """Do what the blocks under a heading say, those that hold these words; the variables are set for commands."""
        found = [block for block in self._blocks if block.heading == heading and words in block.text]
        assert found, f"docs/running.md has no block of {words!r} under {heading!r}"
        for block in found:
            self._do(block, variables)

    def visit(self, *arguments: str) -> str:
        """Visit the site (see `bench.visits`)."""
        return self.machine.visit("bench.visits", "--trusted", str(self._certificate), *arguments).strip()

    def file(self, order: str) -> None:
        """File a ticket for an order."""
        self._links[order] = self.visit("file", order)

    def look(self, *orders: str) -> None:
        """Look whether the tickets of these orders are there."""
        for order in orders:
            self.visit("look", self._links[order], order)

    def miss(self, order: str) -> None:
        """Look whether the ticket of an order is not there."""
        self.visit("miss", self._links[order], order)

    def answers(self) -> float:
        """Wait until the site answers; return for how many seconds."""
        begun = monotonic()
        asked = f"curl --silent --fail --output /dev/null https://{NAME}/uk/cancellation"
        until(lambda: self.machine.run(f"{asked} && echo yes || :") == "yes\n", ANSWERS_WITHIN, "the site to answer")
        return monotonic() - begun

    def newest(self, ending: str) -> str:
        """Return the path of the newest back-up."""
        return self.machine.run(f"ls -t /var/backups/portal/*.{ending} | head -n 1").strip()

    def set(self, name: str, value: str) -> None:
        """Change a setting in the file of settings."""
        self.machine.run(f"sed -i \"s|^{name}=.*|{name}='{value}'|\" /etc/portal/environment")

    def _do(self, block: Block, variables: dict[str, str]) -> None:
        text = block.text.replace(ELSEWHERE, "/given/portal.git").replace("k1:…", KEYS)
        if block.path:
            self.machine.write(block.path, text)
        else:
            self.machine.run("".join(f"{name}={value}\n" for name, value in variables.items()) + text)
