"""What a thing that staff can do with a ticket is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Action:
    """What can be done with a ticket: the form, given the ticket, and the call, given the form and the version seen.

    `formdata=None` makes the form untouched, whatever was posted. Any version will do where it `changes` nothing.
    """

    form: Callable[..., Any]
    do: Callable[[str, Any, int], Any]
    changes: bool = True
