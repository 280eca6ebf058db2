"""What was asked and cannot be done, said plainly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from portal.api_keys import KeyFault
from portal.copies import CopyFault
from portal.readings import PanelFault
from portal.staff_access import StaffFault
from portal.webhooks import WebhookFault


@contextmanager
def plain_faults() -> Iterator[None]:
    """End with the words of a fault instead of its trace."""
    try:
        yield
    except (StaffFault, KeyFault, WebhookFault, PanelFault, CopyFault) as fault:
        raise click.ClickException(str(fault)) from fault
