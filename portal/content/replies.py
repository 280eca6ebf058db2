"""`content/replies/` → the prepared answers of staff, checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from portal.content.error import ContentError

NAMES = frozenset({"order", "service", "reference", "shop"})
"""What a placeholder in a prepared answer can stand for."""
LONGEST = 2000
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class _ReplyFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    title: str = Field(min_length=1, max_length=100)
    text: str = Field(min_length=1, max_length=LONGEST)


class _RepliesFile(RootModel[dict[str, _ReplyFile]]):
    """A file: a table a prepared answer, under its id."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A prepared answer: its title for staff, its text with placeholders for the customer."""

    title: str
    text: str

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with what its placeholders stand for; what is filled in is not read as a placeholder."""
        return _PLACEHOLDER.sub(lambda found: values[found[1]], self.text)


Replies = Mapping[str, Mapping[str, Reply]]
"""The prepared answers by language and id, in the order of their files."""


def load_replies(folder: Path, languages: tuple[str, ...]) -> Replies:
    """Read one `<language>.toml` a language. Raises `ContentError` with every fault found."""
    read: dict[str, dict[str, Reply]] = {}
    found: list[str] = []
    for language in languages:
        path = folder / f"{language}.toml"
        try:
            file = _RepliesFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            found.append(f"{path}: is missing: the prepared answers need it, even if it is empty")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            found.append(f"{path}: {error}")
        except ValidationError as error:
            found += [f"{path}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        else:
            read[language] = {id_: Reply(title=one.title, text=one.text) for id_, one in file.root.items()}
    found += _faults(folder, read)
    if found:
        raise ContentError(found)
    return read


def _faults(folder: Path, read: Replies) -> Iterator[str]:
    every = list(dict.fromkeys(id_ for replies in read.values() for id_ in replies))
    for language, replies in read.items():
        path = folder / f"{language}.toml"
        yield from (f"{path}: {id_}: is missing: another language has it" for id_ in every if id_ not in replies)
        for id_, reply in replies.items():
            for name in _PLACEHOLDER.findall(reply.text):
                if name not in NAMES:
                    known = ", ".join(f"{{{name}}}" for name in sorted(NAMES))
                    yield f"{path}: {id_}: nothing stands for {{{name}}}: use {known}"
            if re.search("[{}]", _PLACEHOLDER.sub("", reply.text)):
                yield f"{path}: {id_}: a brace stands alone: placeholders are written {{order}}"
