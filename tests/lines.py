"""The lines that the portal wrote on standard output, as whoever collects them reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest


def written(output: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the lines since the test last asked; each must be JSON."""
    return [json.loads(line) for line in output.readouterr().out.splitlines()]


def answered(output: pytest.CaptureFixture[str]) -> list[tuple[str | None, str, int]]:
    """Return the route, method and status of each answer that was told."""
    return [(line["route"], line["method"], line["status"]) for line in written(output) if line["event"] == "answered"]
