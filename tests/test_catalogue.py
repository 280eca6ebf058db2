"""The Ukrainian catalogue is whole: every message of the code, translated, with the same blanks to fill in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from typing import TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.code_reading import PORTAL, ROOT, dotted, parsed, python_files, shown
from tests.told import CATALOGUE

Id: TypeAlias = str | tuple[str, ...]

KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
TRANSLATORS = {"gettext": 1, "lazy_gettext": 1, "_l": 1, "ngettext": 2}
BLANK = re.compile(r"%\(\w+\)[a-z]")


def translated() -> Catalog:
    """Return the catalogue as it is stored."""
    with CATALOGUE.open("rb") as file:
        return read_po(file)


def messages() -> list[Message]:
    """Return the catalogue's messages, without its header."""
    return [message for message in translated() if message.id]


def said(message: Message) -> tuple[str, ...]:
    """Return a message's translation in each of its forms."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def blanks(text: str) -> list[str]:
    """Return the blanks that a text has filled in, sorted."""
    return sorted(BLANK.findall(text))


def extracted() -> set[Id]:
    """Return what the tool that makes catalogues finds in the code and the templates."""
    config = ConfigParser(interpolation=None)
    config.read(PORTAL / "translations" / "babel.cfg", encoding="utf-8")
    methods = [(pattern.strip(), method) for method, pattern in (name.split(":", 1) for name in config.sections())]
    found = extract_from_dir(ROOT, methods, keywords=KEYWORDS)
    return {id_ if isinstance(id_, str) else tuple(id_) for _file, _line, id_, _comments, _context in found}


def called() -> Iterator[tuple[str, Id | None]]:
    """Yield every call of a translator with its place, `None` for what is no plain text; i18n only hands texts on."""
    for path in python_files("portal"):
        for node in ast.walk(parsed(path)) if path != PORTAL / "i18n.py" else ():
            if isinstance(node, ast.Call) and (count := TRANSLATORS.get(dotted(node.func).rpartition(".")[2])):
                texts = [str(arg.value) for arg in node.args[:count] if isinstance(arg, ast.Constant)]
                id_ = texts[0] if count == 1 and texts else tuple(texts)
                yield f"{shown(path)}:{node.lineno}", id_ if len(texts) == count else None


def test_the_catalogue_has_every_message_of_the_code_and_no_other() -> None:
    ours = {message.id if isinstance(message.id, str) else tuple(message.id) for message in messages()}
    code = extracted()
    assert (code - ours, ours - code) == (set(), set()), "(to be translated, to be taken out)"


def test_every_text_given_to_a_translator_can_be_extracted() -> None:
    code = extracted()
    lost = [(place, id_) for place, id_ in called() if id_ not in code]
    assert not lost, f"give the translator a plain text, in no f-string (Babel does not look into one): {lost}"


def test_every_message_is_translated_and_none_is_in_doubt() -> None:
    assert [message.id for message in messages() if not all(text.strip() for text in said(message))] == []
    assert [message.id for message in messages() if message.fuzzy] == []
    assert list(translated().obsolete) == []


def test_every_translation_has_the_blanks_of_its_message() -> None:
    wrong = [
        (message.id, text)
        for message in messages()
        for text in said(message)
        if blanks(text) != blanks(message.id if isinstance(message.id, str) else message.id[-1])
    ]
    assert wrong == []


def test_a_counted_message_has_three_forms_by_the_rule_of_the_language() -> None:
    assert translated().num_plurals == 3
    assert translated().plural_expr.startswith("(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4")
    counted = [message for message in messages() if message.pluralizable]
    assert counted
    assert [message.id for message in counted if len(set(said(message))) != 3] == []


def test_a_translation_ends_as_its_message() -> None:
    end = re.compile(r"[.:?\s]*$")
    single = [(message.id, *said(message)) for message in messages() if isinstance(message.id, str)]
    assert [id_ for id_, text in single if "…" not in id_ and end.findall(id_) != end.findall(text)] == []
