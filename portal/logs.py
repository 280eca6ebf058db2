"""What programs without pages say of themselves: a line of JSON each, on standard output."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def log(**bound: str) -> Any:
    """Return a log that adds these words to each line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    return structlog.get_logger(**bound)
