"""The words of one language, put together into what pages show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from portal.content.schema import (
    ClauseFile,
    ClauseWords,
    OutcomeWords,
    PolicyFile,
    SectionFile,
    SectionKind,
    WordsFile,
)
from portal.content.text import Fill, Text, parse, plain
from portal.policy import Circumstance, Decision, Outcome, Side, Status


@dataclass(frozen=True, kw_only=True)
class StatusName:
    """A status as people see it: the panel's own name, and the name in the page's language."""

    status: Status
    name: str
    local: str | None

    @property
    def full(self) -> str:
        """Both names on one line."""
        return f"{self.name} — {self.local}" if self.local else self.name


@dataclass(frozen=True, kw_only=True)
class ClauseText:
    """A clause as a page shows it."""

    id: str
    label: Text
    text: Text
    status: StatusName | None


@dataclass(frozen=True, kw_only=True)
class SectionText:
    """A section of the policy page."""

    id: str
    kind: SectionKind
    side: Side | None
    heading: str
    clauses: tuple[ClauseText, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A decision in words. `guarantees` are the clauses that every answer prints."""

    outcome: Outcome
    headline: str
    text: Text
    speaking_for: tuple[ClauseText, ...]
    against: tuple[ClauseText, ...]
    beside: tuple[ClauseText, ...]
    guarantees: tuple[ClauseText, ...]
    advice: tuple[Text, ...]


@dataclass(frozen=True)
class Words:
    """All words of one language, by id."""

    language: str
    file: WordsFile
    policy: PolicyFile
    fill: Fill

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return self.file.name

    @cached_property
    def sections(self) -> tuple[SectionText, ...]:
        """The sections of the page, in order."""
        return tuple(self._section(section) for section in self.policy.sections)

    @cached_property
    def clauses(self) -> dict[str, ClauseText]:
        """Every clause, by id, in page order."""
        return {clause.id: clause for section in self.sections for clause in section.clauses}

    @cached_property
    def title(self) -> str:
        """The heading of the policy page."""
        return " ".join(plain(c.text) for s in self.sections if s.kind == "title" for c in s.clauses)

    @cached_property
    def summary(self) -> str:
        """The summary as one plain paragraph."""
        return " ".join(plain(c.text) for s in self.sections if s.kind == "summary" for c in s.clauses)

    def status(self, status: Status) -> StatusName:
        """Return the names of a status."""
        words = self.file.statuses[status]
        return StatusName(status=status, name=words.name, local=words.local)

    @cached_property
    def statuses(self) -> tuple[StatusName, ...]:
        """The names of all seven statuses, in the order of `Status`."""
        return tuple(self.status(status) for status in Status)

    def circumstance(self, circumstance: Circumstance) -> str:
        """Return the label of a circumstance."""
        return self.file.circumstances[circumstance]

    def headline(self, outcome: Outcome) -> str:
        """Return an outcome in a few words."""
        return self.file.outcomes[outcome].headline

    def clause_names(self) -> list[tuple[str, str]]:
        """Return the id and a short name of every clause, for people to choose from."""
        return [(clause.id, _name(clause)) for clause in self.clauses.values() if clause.id != self._title_id]

    def plain_file(self) -> WordsFile:
        """Return the words as their file holds them, with the markup filled in and taken away."""

        def read(text: str) -> str:
            return plain(parse(text, self.fill))

        clauses = {
            id_: ClauseWords(text=read(said.text), label=read(said.label) if said.label else None)
            for id_, said in self.file.clauses.items()
        }
        outcomes = {
            outcome: OutcomeWords(headline=said.headline, text=read(said.text))
            for outcome, said in self.file.outcomes.items()
        }
        advice = {id_: read(text) for id_, text in self.file.advice.items()}
        return self.file.model_copy(update={"clauses": clauses, "outcomes": outcomes, "advice": advice})

    @property
    def _title_id(self) -> str:
        return next(c.id for s in self.sections if s.kind == "title" for c in s.clauses)

    def answer(self, decision: Decision) -> Answer:
        """Return a decision in words."""
        always = {clause.id for clause in self.policy.clauses if clause.always}
        cited = [(self.clauses[id_], side) for id_, side in decision.clauses.items() if id_ not in always]
        words = self.file.outcomes[decision.outcome]
        return Answer(
            outcome=decision.outcome,
            headline=words.headline,
            text=parse(words.text, self.fill),
            speaking_for=tuple(clause for clause, side in cited if side is Side.FOR),
            against=tuple(clause for clause, side in cited if side is Side.AGAINST),
            beside=tuple(clause for clause, side in cited if side is None),
            guarantees=tuple(self.clauses[id_] for id_ in decision.clauses if id_ in always),
            advice=tuple(parse(self.file.advice[id_], self.fill) for id_ in decision.advice),
        )

    def _section(self, section: SectionFile) -> SectionText:
        clauses = [clause for clause in self.policy.clauses if clause.section == section.id]
        return SectionText(
            id=section.id,
            kind=section.kind,
            side=section.side,
            heading=self.file.sections.get(section.id, ""),
            clauses=tuple(self._clause(clause, section) for clause in clauses),
        )

    def _clause(self, clause: ClauseFile, section: SectionFile) -> ClauseText:
        words = self.file.clauses[clause.id]
        return ClauseText(
            id=clause.id,
            label=parse(words.label or "", self.fill),
            text=parse(words.text, self.fill),
            status=self.status(clause.when[0].status[0]) if section.kind == "statuses" else None,
        )


def _name(clause: ClauseText) -> str:
    if clause.status:
        return f"{clause.status.name}: {plain(clause.text)}"
    return plain(clause.label) or plain(clause.text)
