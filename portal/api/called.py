"""What calls of webhooks tell the main site, where the others are what it calls."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from portal.policy import State

STATE_CHANGED: Final = "ticket.state_changed"


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StateChange(_Told):
    """Where a ticket was, and where it went; none of the customer's words."""

    reference: str
    order_id: str
    state: State = Field(description="the state after the change; the ticket may have gone on meanwhile")
    previous_state: State | None = Field(description="null where the ticket was filed just then")
    open: bool = Field(description="whether something is still to be done in this state")


class StateChanged(_Told):
    """A call of a webhook: a ticket's state changed."""

    type: Literal["ticket.state_changed"]
    timestamp: datetime = Field(description="when it changed, not when it is told")
    data: StateChange
