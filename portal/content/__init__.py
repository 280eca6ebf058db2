"""`content/` → one frozen, checked `Content` with its hash."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from portal.content.checks import faults
from portal.content.error import ContentError
from portal.content.replies import Replies, Reply, load_replies
from portal.content.schema import PolicyFile, WordsFile
from portal.content.text import Fill, Span, Text, plain
from portal.content.words import Answer, ClauseText, SectionText, StatusName, Words
from portal.policy import Advice, Clause, Edition, Policy, Row

__all__ = [
    "Answer",
    "ClauseText",
    "Content",
    "ContentError",
    "Fill",
    "Replies",
    "Reply",
    "SectionText",
    "Span",
    "StatusName",
    "Text",
    "Words",
    "load",
    "load_replies",
    "plain",
    "read",
]

POLICY = "policy"
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?")
"""The id of a language, as the catalogues of gettext have it."""
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Content:
    """A shop's policy and its words in each language; languages in the order of their ids."""

    policy: Policy
    file: PolicyFile
    words: Mapping[str, Words]
    fill: Fill

    @property
    def languages(self) -> tuple[str, ...]:
        """The ids of the languages."""
        return tuple(self.words)


def load(folder: Path, fill: Fill) -> Content:
    """Read a folder of `policy.toml` and one `<language>.toml` a language.

    Raises `ContentError` with every fault found.
    """
    sources: dict[str, Any] = {}
    broken = [] if (folder / f"{POLICY}.toml").exists() else [f"{folder}: {POLICY}.toml is missing"]
    for path in sorted(folder.glob("*.toml")):
        if not LANGUAGE.fullmatch(path.stem) and path.stem != POLICY:
            broken.append(
                f"{path.name}: no language has this id: name it such as uk.toml or pt_BR.toml, or move it away"
            )
        try:
            sources[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            broken.append(f"{path.name}: {error}")
    if broken:
        raise ContentError(broken)
    return _build(sources, fill)


def read(edition_content: str, fill: Fill) -> Content:
    """Return the content that an `Edition` holds, as it was."""
    return _build(json.loads(edition_content), fill, checked=True)


def _build(sources: dict[str, Any], fill: Fill, *, checked: bool = False) -> Content:
    found: list[str] = []
    file = _checked(PolicyFile, f"{POLICY}.toml", sources[POLICY], found)
    files = {name: _checked(WordsFile, f"{name}.toml", raw, found) for name, raw in sources.items() if name != POLICY}
    languages = {name: words for name, words in files.items() if words is not None}
    if file is not None and not checked:
        found += faults(file, languages)
    if not files:
        found.append("no language: add a <language>.toml beside policy.toml")
    if file is None or found:
        raise ContentError(found)
    words = {language: Words(language, languages[language], file, fill) for language in sorted(languages)}
    return Content(policy=_policy(file, sources), file=file, words=words, fill=fill)


def _checked(model: type[Model], name: str, raw: object, found: list[str]) -> Model | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        found += [f"{name}: {_place(e['loc'])}: {e['msg']}" for e in error.errors()]
        return None


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in loc)


def _policy(file: PolicyFile, sources: dict[str, Any]) -> Policy:
    text = json.dumps(sources, ensure_ascii=False, sort_keys=True, default=str)
    edition = Edition(hash=hashlib.sha256(text.encode()).hexdigest(), version=file.version, content=text)
    return Policy(
        edition=edition,
        rows=tuple(Row(outcome=row.outcome, when=tuple(c.case() for c in row.when)) for row in file.rows),
        clauses=tuple(
            Clause(id=c.id, when=tuple(case.case() for case in c.when), side=c.side, always=c.always)
            for c in file.clauses
        ),
        advice=tuple(
            Advice(id=a.id, outcomes=frozenset(a.outcomes), when=tuple(c.case() for c in a.when)) for a in file.advice
        ),
    )
