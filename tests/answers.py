"""The shop's own policy, and its answer to every combination of facts."""

from __future__ import annotations

from portal.content import Fill, load
from portal.policy import decide, every_facts
from tests.told import CONTENT

POLICY = load(CONTENT, Fill()).policy
ANSWERS = {facts: decide(facts, POLICY) for facts in every_facts()}
