"""What tests need again and again: settings, a form as a customer fills it in, a picture."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from portal.keys import Keyring
from portal.readings import PanelKind
from portal.settings import SecretKey, Settings

SECRET_KEYS = (SecretKey(id="new", secret="n" * 40), SecretKey(id="old", secret="o" * 40))
KEYS = Keyring(tuple((key.id, key.secret) for key in SECRET_KEYS))
HANDOVER_KEY = SecretKey(id="shop1", secret="h" * 40)
PUBLIC_URL = "http://127.0.0.1:8000"
AT_PANEL: dict[str, Any] = {
    "panel_kind": PanelKind.API_V2,
    "panel_url": "http://127.0.0.1:9",
    "panel_key": "the-key-of-the-panel",
}
"""The settings of a portal that reads a panel; at this address nobody answers."""
MAIL_FOLDER = Path(tempfile.mkdtemp(prefix="portal-mail-"))


def settings_for(database_url: str, **changes: Any) -> Settings:
    """Return the settings of a portal with this database, known secret keys, and the fields changed that are named."""
    known: dict[str, Any] = {
        "secret_keys": SECRET_KEYS,
        "handover_keys": (HANDOVER_KEY,),
        "public_url": PUBLIC_URL,
        "mail_folder": MAIL_FOLDER,
    }
    if not str(changes.get("public_url", PUBLIC_URL)).startswith("http://"):
        known |= {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "help@shop.example"}  # no worker runs to use it
    return Settings(**{"database_url": database_url, **known, **changes})


def typed(**changes: Any) -> dict[str, Any]:
    """Return what a customer types into the ticket form: right in every field but those that are changed.

    A confirmation is `True` where it is ticked; a field changed to `None` is left as the page shows it.
    """
    ticket = {
        "order_id": "1048576",
        "service_name": "Instagram followers, slow",
        "link": "https://instagram.com/example.shop",
        "status": "pending",
        "problem": "wrong_link",
        "link_changed": "no",
        "duplicate_order": "no",
        "reason": "I pasted the link of another account by mistake.",
        "reference": "",
        "email": "",
        "understood": True,
        "keep_target": True,
    }
    return ticket | changes


def older(submission: str, by: timedelta) -> str:
    """Return a form's signed submission id as if the form had been opened so much earlier; a forged one as it is."""
    token, _, opened = (KEYS.unsign("submission", submission) or "").partition("~")
    return KEYS.sign("submission", f"{token}~{int(opened) - int(by.total_seconds())}") if opened else submission


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal") -> bytes:
    """Return a picture as a file's bytes."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def upload(
    name: str = "screen.png", content: bytes | None = None, media_type: str = "image/png"
) -> tuple[BytesIO, str, str]:
    """Return a file as a form's field takes it."""
    return BytesIO(picture() if content is None else content), name, media_type
