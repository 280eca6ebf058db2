"""While the disk is full people are told, and lose nothing typed, and all can be read; with room, all goes on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.code_reading import ROOT


@pytest.mark.long
def test_a_full_disk_is_told_with_what_was_typed_and_leaves_nothing_half() -> None:
    command = [sys.executable, "-W", "error", "-m", "bench.faults.full", "--times", "1", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "times the database went away" in done.stdout
