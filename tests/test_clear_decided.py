"""Of all that can be stored of a ticket it is decided whether it stays when the ticket is cleared."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON, LargeBinary, String

from portal.clock import now
from portal.extensions import Base
from portal.filing import Filing, Told
from portal.policy import Status
from portal.tickets.clear import cleared_data
from tests.stored import RIGHT

TOLD = Told(
    at=now(),
    order_id="7",
    service_id="1",
    service_name="Likes",
    link="https://a.example",
    quantity=1,
    charge=Decimal(1),
    currency="USD",
    status=Status.PENDING,
    sent_to_provider=True,
    provider_allows=True,
    customer_id="8",
    email="a@b.example",
)
FILING = Filing(**{**RIGHT, "reference": "R", "email": "a@b.example", "told": TOLD})
KEPT: dict[Any, set[str]] = {
    FILING: {"service_name", "status", "problem", "link_changed", "duplicate_order", "told"},
    TOLD: {field.name for field in fields(Told)} - {"order_id", "link", "customer_id", "email"},
}
EMPTIED = {
    "tickets": {
        "order_id",
        "order_key",
        "filer",
        "matched_by",
        "search_text",
        "email",
        "nonce",
        "key_id",
        "token_hash",
    },
    "events": {"data", "submission", "handover"},
    "cancellations": {"order_key", "order_id", "said", "raw"},
}
STAYS = {
    "tickets": {"reference", "state", "language", "service_name", "status", "outcome"},
    "events": {"kind", "state", "policy_hash"},
    "cancellations": {"name", "state"},
    "credits": {"order_key", "amount", "currency"},
}
DELETED = {"notices", "pictures", "readings", "lookups"}
OF_NO_TICKET = {"api_keys", "checks", "counters", "policy_versions", "services", "staff", "staff_links",
                "staff_sessions", "webhooks"}  # fmt: skip


@pytest.mark.parametrize("said", [FILING, TOLD], ids=["a filing", "what was told"])
def test_each_field_of_what_was_said_stays_or_is_emptied_on_purpose(said: Any) -> None:
    cleared = said.cleared()
    stays = {f.name for f in fields(said) if getattr(cleared, f.name) not in ("", None)}
    assert stays == KEPT[said], "say in `cleared()` of portal/filing.py, and here, whether the new field is personal"


def test_a_cleared_filing_is_read_as_any_other() -> None:
    assert Filing.of(cleared_data({"filing": FILING.data()})["filing"]) == FILING.cleared()


def test_what_is_not_named_goes() -> None:
    data = {"text": "A word.", "something": "new", "verdict": "ask", "on": {"status": "pending", "shown": "Word"}}
    assert cleared_data(data) == {"text": "", "verdict": "ask", "on": {"status": "pending", "shown": ""}}


def test_each_table_and_each_text_of_a_ticket_stays_or_goes_on_purpose() -> None:
    tables = Base.metadata.tables
    assert set(tables) == {*EMPTIED, *STAYS, *DELETED, *OF_NO_TICKET}, "clear it in portal/tickets/clear.py, and add it"
    for name in {*EMPTIED, *STAYS}:
        texts = {c.name for c in tables[name].columns if isinstance(c.type, String | JSON | LargeBinary)}
        texts |= {c.name for c in tables[name].columns if isinstance(getattr(c.type, "impl", None), String)}
        assert texts == EMPTIED.get(name, set()) | STAYS.get(name, set()), (
            f"{name}: clear it, or let it stay, and say so"
        )
