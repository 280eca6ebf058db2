"""What stops the start where `content/` is not whole."""

from __future__ import annotations


class ContentError(Exception):
    """The content is not whole; `faults` says each file, place and mend."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("\n".join(found))
        self.faults = found
