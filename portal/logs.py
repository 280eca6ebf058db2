"""What the portal's processes say of themselves: a line of JSON each, on standard output."""

from __future__ import annotations

import logging
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import structlog

ROOT = Path(__file__).absolute().parent.parent
DEEPEST = 20
"""How many places of a fault's stack are told: the innermost."""
LOGGERS = ("portal", "sqlalchemy")
"""The loggers of `logging` whose lines go into the log, with all below them: the app's own, and the database's."""


def log(**bound: str) -> Any:
    """Return a log that adds these words to each line; what is said through `logging` goes there from now on."""
    said = structlog.wrap_logger(
        _StandardOutput(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    ).bind(**bound)
    for name in LOGGERS:
        logging.getLogger(name).handlers[:] = [_FromLogging(said)]
    return said


def broken(error: BaseException) -> dict[str, Any]:
    """Return what a line may say of a fault: types and places. Its words may hold what people typed."""
    return {"error": type(error).__name__, "because": _causes(error), "stack": _places(error)}


def _causes(error: BaseException) -> list[str]:
    found: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(found) < DEEPEST:
        found.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return found


def _places(error: BaseException) -> list[str]:
    walked = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), limit=-DEEPEST, lookup_lines=False)
    return [f"{_shown(frame.filename)}:{frame.lineno} {frame.name}" for frame in walked]


def _shown(file: str) -> str:
    """Return the path of a file from the project's root, or from where packages lie."""
    _, _, package = file.rpartition("/site-packages/")
    return package.removeprefix(f"{ROOT}/")


class _StandardOutput:
    """Prints lines, one at a time; where one cannot be printed, that stops nobody."""

    def __init__(self) -> None:
        self._lock = Lock()

    def info(self, line: str) -> None:
        with self._lock, suppress(OSError, ValueError):
            print(line, file=sys.stdout, flush=True)

    warning = error = info


class _FromLogging(logging.Handler):
    """Puts what libraries say through `logging` into a log; of what comes with a fault, its type and places alone."""

    def __init__(self, said: Any) -> None:
        super().__init__()
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._said.error("broke", logger=record.name, **broken(error))
        else:
            level = "error" if record.levelno >= logging.ERROR else "warning"
            getattr(self._said, level)(record.getMessage(), logger=record.name)
