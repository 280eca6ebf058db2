"""A form of a page: what it holds, and what a browser would send when somebody fills it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from werkzeug.datastructures import MultiDict

from tests.reading import attribute, words

TICKABLE = ("checkbox", "radio")
NOT_SENT = ("submit", "button", "image", "reset", "file")


class Form:
    """A form as it stands on a page."""

    def __init__(self, tag: Tag, soup: BeautifulSoup, page_url: str) -> None:
        self.tag = tag
        self.id = attribute(tag, "id")
        self.method = (attribute(tag, "method") or "get").lower()
        self.url = urljoin(page_url, attribute(tag, "action") or page_url)
        self._soup = soup

    def __repr__(self) -> str:
        return f"<form {self.id!r}: {self.method} {self.path}>"

    @property
    def path(self) -> str:
        """The path that the form goes to."""
        return urlsplit(self.url).path

    @property
    def posts(self) -> bool:
        """Whether the form is posted."""
        return self.method == "post"

    @cached_property
    def controls(self) -> list[Tag]:
        """Every field and button of the form, those beside it that name it included."""
        every = self._soup.select("input[name], select[name], textarea[name], button[name]")
        return [tag for tag in every if self._owns(tag) and not tag.has_attr("disabled")]

    @property
    def names(self) -> list[str]:
        """The names of all fields and buttons, in order."""
        return list(dict.fromkeys(attribute(tag, "name") for tag in self.controls))

    @property
    def fields(self) -> dict[str, str]:
        """What a browser would send if nobody touched the form, without buttons and files."""
        return {name: value for tag in self.controls for name, value in _sent(tag)}

    def choices(self, name: str) -> list[str]:
        """Return the values that a field of choices offers."""
        options = [option for tag in self._named(name) if tag.name == "select" for option in tag.select("option")]
        ticks = [tag for tag in self._named(name) if attribute(tag, "type") in TICKABLE]
        return [attribute(tag, "value") for tag in options + ticks]

    def filled(self, typed: Mapping[str, Any], *, press: str | None = None) -> MultiDict[str, Any]:
        """Return what a browser sends once these values were typed and the button `press` was pressed (see `button`).

        A value of `None` leaves the field as it is; `True` and `False` tick and untick; a list is for several files
        or ticks. What the form cannot hold is an error: a browser would not send it either.
        """
        sent = MultiDict([pair for tag in self.controls for pair in _sent(tag)])
        for name, value in typed.items():
            if value is not None:
                sent.setlist(name, self._typed(name, value))
        sent = MultiDict((name, value) for name in self.names for value in sent.getlist(name))
        button = self.button(press) if press else None
        if button is not None and button.has_attr("name"):
            sent.add(attribute(button, "name"), attribute(button, "value"))
        return sent

    def goes_to(self, press: str | None = None) -> str:
        """Return the address that the form goes to by this button, or by the first."""
        action = attribute(self.button(press), "formaction") if press else ""
        return urljoin(self.url, action) if action else self.url

    def button(self, press: str) -> Tag:
        """Return the one button with this name, value or words."""
        every = [tag for tag in self._soup.select("button") if self._owns(tag)]
        found = [tag for tag in every if press in (attribute(tag, "name"), attribute(tag, "value"), words(tag))]
        assert len(found) == 1, (
            f"{self!r}: {len(found)} buttons are {press!r}; the buttons say {[words(x) for x in every]}"
        )
        return found[0]

    def _typed(self, name: str, value: Any) -> list[Any]:
        tags = self._named(name)
        assert tags, f"{self!r} has no field {name!r}; it has {self.names}"
        if value is False:
            return []
        if value is True:
            return [attribute(tags[0], "value") or "on"]
        values = value if isinstance(value, list) else [value]
        offered = self.choices(name)
        assert not offered or set(values) <= set(offered), f"{self!r}: {name!r} offers {offered}, not {values}"
        return values

    def _owns(self, tag: Tag) -> bool:
        return attribute(tag, "form") == self.id if tag.has_attr("form") else tag.find_parent("form") is self.tag

    def _named(self, name: str) -> list[Tag]:
        return [tag for tag in self.controls if attribute(tag, "name") == name]


def _sent(tag: Tag) -> Iterator[tuple[str, str]]:
    """Yield what a browser sends of a field that nobody touched."""
    name, kind = attribute(tag, "name"), attribute(tag, "type")
    if tag.name == "select":
        options = tag.select("option[selected]") or ([] if tag.has_attr("multiple") else tag.select("option")[:1])
        yield from ((name, attribute(option, "value")) for option in options)
    elif tag.name == "textarea":
        yield name, tag.get_text().removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
    elif tag.name == "input" and kind in TICKABLE:
        yield from [(name, attribute(tag, "value") or "on")] if tag.has_attr("checked") else []
    elif tag.name == "input" and kind not in NOT_SENT:
        yield name, attribute(tag, "value")
