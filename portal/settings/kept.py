"""The secret keys that the first start makes: a file under `var/`, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def secrets_file(var: Path) -> Path:
    """Return where the keys are kept."""
    return var / "secret-keys"


def make_secrets(var: Path) -> None:
    """Make the secret keys that the portal signs with, where there are none: `var/secret-keys`, readable by its owner.

    The file appears whole or not at all, and is never overwritten.
    """
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    if secrets_file(var).exists():
        return
    descriptor, made = tempfile.mkstemp(dir=var)  # 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"k{secrets.token_hex(3)}:{secrets.token_urlsafe(48)}\n")
        secrets_file(var).hardlink_to(made)
    except FileExistsError:
        pass  # another start was faster
    finally:
        Path(made).unlink()
