"""The shape of the files in `content/`: what an owner may write, field by field."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from portal.policy import Case, Circumstance, Outcome, Side, Status

Known = bool | Literal["not known"] | None
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
SectionKind = Literal["title", "summary", "prose", "list", "steps", "statuses", "numbered"]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class CaseFile(_File):
    """One case of a condition, as written: `{ status = ["pending"], sent_to_provider = false }`."""

    status: tuple[Status, ...] = Field(default=tuple(Status), min_length=1)
    sent_to_provider: Known = None
    provider_allows: Known = None
    service_issue: Known = None
    link_changed: Known = None
    wrong_link: Known = None
    duplicate_order: Known = None

    def case(self) -> Case:
        """Return the case that the rules use."""
        named = {c: getattr(self, c.value) for c in Circumstance if getattr(self, c.value) is not None}
        return Case(
            statuses=frozenset(self.status),
            circumstances={c: None if value == "not known" else bool(value) for c, value in named.items()},
        )


class RowFile(_File):
    """A row of outcomes."""

    outcome: Outcome
    when: tuple[CaseFile, ...] = Field(min_length=1)


class SectionFile(_File):
    """A section of the page."""

    id: Id
    kind: SectionKind
    side: Side | None = None


class ClauseFile(_File):
    """A clause, without its words."""

    id: Id
    section: str
    side: Side | None = None
    when: tuple[CaseFile, ...] = ()
    always: bool = False


class AdviceFile(_File):
    """A piece of advice, without its words."""

    id: Id
    outcomes: tuple[Outcome, ...] = Field(min_length=1)
    when: tuple[CaseFile, ...] = (CaseFile(),)


class PolicyFile(_File):
    """`policy.toml`."""

    version: Said
    effective: datetime.date | None = None
    rows: tuple[RowFile, ...] = Field(min_length=1)
    sections: tuple[SectionFile, ...] = Field(min_length=1)
    clauses: tuple[ClauseFile, ...] = Field(min_length=1)
    advice: tuple[AdviceFile, ...] = ()


class ClauseWords(_File):
    """The words of a clause: a text, and a label where its section shows one."""

    text: Said
    label: Said | None = None


class OutcomeWords(_File):
    """The words of an outcome: a headline and what it means."""

    headline: Said
    text: Said


class StatusWords(_File):
    """A status's name on the panel, and in this language where that differs."""

    name: Said
    local: Said | None = None


class WordsFile(_File):
    """`<language>.toml`: the words of every section, clause, outcome, advice, status and circumstance, by id."""

    name: Said
    sections: dict[str, Said] = {}
    clauses: dict[str, ClauseWords]
    outcomes: dict[Outcome, OutcomeWords]
    advice: dict[str, Said] = {}
    statuses: dict[Status, StatusWords]
    circumstances: dict[Circumstance, Said]
