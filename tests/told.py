"""Every text that the portal tells people, with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from portal.content import Fill, load
from portal.content.schema import WordsFile
from portal.content.text import parse, plain

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "portal" / "translations" / "uk" / "LC_MESSAGES" / "messages.po"
CONTENT = ROOT / "content" / "cancellation"
WORDS = {language: words.file for language, words in load(CONTENT, Fill()).words.items()}
FILL = Fill(names={"shop": "SMM-PANEL.PRO"})


def told(words: WordsFile) -> Iterator[tuple[str, str]]:
    """Yield every text of a language with its place, as it is read: without markup."""
    raw: list[tuple[str, str]] = [(f"sections.{id_}", text) for id_, text in words.sections.items()]
    for id_, clause in words.clauses.items():
        raw += [(f"clauses.{id_}.label", clause.label or ""), (f"clauses.{id_}.text", clause.text)]
    for outcome, said in words.outcomes.items():
        raw += [(f"outcomes.{outcome}.headline", said.headline), (f"outcomes.{outcome}.text", said.text)]
    raw += [(f"advice.{id_}", text) for id_, text in words.advice.items()]
    raw += [(f"statuses.{id_}", f"{status.name}\n{status.local or ''}") for id_, status in words.statuses.items()]
    raw += [(f"circumstances.{id_}", text) for id_, text in words.circumstances.items()]
    yield from ((place, plain(parse(text, FILL))) for place, text in raw if text)


def catalogue() -> list[tuple[str, str]]:
    """Return every text of the interface, with where it stands: the English id and the Ukrainian translation."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    texts = []
    for message in messages:
        for kind, said in (("msgid", message.id), ("msgstr", message.string)):
            texts += [(f"{kind} of {message.id!r}", text) for text in ([said] if isinstance(said, str) else said or ())]
    return texts


def ukrainian(source: str) -> list[tuple[str, str]]:
    """Return every Ukrainian text of the "policy" or of the "interface"."""
    if source == "policy":
        return list(told(WORDS["uk"]))
    return [(place, text) for place, text in catalogue() if place.startswith("msgstr")]
