"""What calls of the API are answered."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from portal.content import ClauseText, Content, Words, plain
from portal.content.schema import PolicyFile, WordsFile
from portal.policy import Decision, Outcome, Side, State


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PolicyAnswer(_Answer):
    """The policy as data: its version as the owner wrote it, the hash of the whole, rules, and words a language."""

    version: str
    hash: str
    policy: PolicyFile
    words: dict[str, WordsFile]


class Clause(_Answer):
    """A clause that an answer cites, and its place in the policy."""

    id: str
    side: Side | None
    label: str | None
    text: str
    url: str


class EligibilityAnswer(_Answer):
    """What the policy says of facts; never a yes. Show `guarantees` with every answer."""

    outcome: Outcome
    headline: str
    text: str
    reasons: list[Clause]
    advice: list[str]
    guarantees: list[Clause]
    language: str
    version: str
    hash: str


class TicketFiled(_Answer):
    """A ticket that was filed, or added to; whoever has the secret link can read and withdraw it."""

    reference: str
    order_id: str
    state: State
    outcome: Outcome
    secret_link: str


class Reply(_Answer):
    """What staff told the customer."""

    at: datetime
    headline: str
    text: str
    clause: str | None


class TicketAnswer(_Answer):
    """Where a ticket is, in words for its customer, in the customer's language."""

    reference: str
    order_id: str
    state: State
    open: bool
    headline: str
    meaning: str
    outcome: Outcome
    proven: bool
    language: str
    filed_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    replies: list[Reply]


def policy(content: Content) -> PolicyAnswer:
    """Return the policy as data."""
    edition = content.policy.edition
    words = {language: words.plain_file() for language, words in content.words.items()}
    return PolicyAnswer(version=edition.version, hash=edition.hash, policy=content.file, words=words)


def eligibility(decision: Decision, content: Content, language: str, page: str) -> EligibilityAnswer:
    """Return a decision in a language's words; `page` is the address of the policy in it."""
    words: Words = content.words[language]
    said = words.answer(decision)

    def clause(cited: ClauseText) -> Clause:
        side = decision.clauses[cited.id]
        label = plain(cited.label) or None
        return Clause(id=cited.id, side=side, label=label, text=plain(cited.text), url=f"{page}#{cited.id}")

    return EligibilityAnswer(
        outcome=said.outcome,
        headline=said.headline,
        text=plain(said.text),
        reasons=[clause(cited) for cited in (*said.speaking_for, *said.against, *said.beside)],
        advice=[plain(advice) for advice in said.advice],
        guarantees=[clause(cited) for cited in said.guarantees],
        language=language,
        version=content.policy.edition.version,
        hash=content.policy.edition.hash,
    )
