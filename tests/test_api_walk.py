"""The API keeps to its own description: walked through with made-up calls, right and wrong ones, as others would do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal.api.scopes import Scope
from tests.browser import server

NO_LIMITS = f"{server.NO_LIMITS} calls_address=1000000/60 calls_key=1000000/60"
MADE = 25
"""Made-up calls of each kind; boundaries and chains of calls come on top."""

CALLS = 4


@pytest.mark.long
def test_the_whole_api_is_walked_through_without_a_finding(tmp_path: Path) -> None:
    with server.running(tmp_path, NO_LIMITS) as portal:
        scopes = [part for scope in Scope for part in ("--scope", scope.value)]
        key = portal.flask("key", "make", "The walk", *scopes).split()[-1]
        command = [
            *(str(Path(sys.executable).parent / "schemathesis"), "run", f"{portal.url}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {key}", "--max-examples", str(MADE), "--generation-deterministic"),
            "--no-color",
        ]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Tested: {CALLS}" in done.stdout
    assert "WARNINGS" not in done.stdout, done.stdout
    made = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert made is not None, done.stdout
    assert int(made[1]) > 4 * MADE
