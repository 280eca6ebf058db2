"""A page as a reader meets it: its heading, words, links, forms and errors. Every page is checked when it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from werkzeug.test import TestResponse

from tests import page_checks, response_checks
from tests.page_form import Form
from tests.reading import attribute, words

CHANCE = {
    re.compile(r'(?<=name="csrf_token" value=")[^"]+|(?<=name="submission" value=")[^"]+'): "token",
    re.compile(r"\b[A-Z0-9]{3}-[A-Z0-9]{4}\b"): "ABC-DEFG",
    re.compile(r"<time [^>]*>[^<]*</time>"): '<time datetime="2026-01-31">then</time>',
    re.compile(r"(?<=/t/)[\w-]{43}"): "token",
}
"""What differs from run to run of the same page; without it a page that was checked once need not be checked again."""
"""What differs each time that a form is shown; a page that differs in nothing else is checked once."""


@dataclass(frozen=True)
class Link:
    """A link of a page: its words and its address."""

    text: str
    href: str


class Page:
    """A response, checked (see `page_checks` and `response_checks`) and ready to be asked about."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.url = response.request.url
        self.path = response.request.path
        self.method = response.request.method
        response_checks.check(response)
        if self.is_html:
            page_checks.check(_certain(self.html), url=_certain(self.url), status=self.status)

    def __repr__(self) -> str:
        return f"<{self.method} {self.url}: {self.status}>"

    @property
    def is_html(self) -> bool:
        """Whether there is HTML to read; a redirect's is for nobody."""
        return self.response.mimetype == "text/html" and not self.location and bool(self.response.data)

    @property
    def location(self) -> str | None:
        """The address that a redirect leads to."""
        return urljoin(self.url, self.headers["Location"]) if "Location" in self.headers else None

    @property
    def html(self) -> str:
        """The source."""
        return self.response.get_data(as_text=True)

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return self.response.get_json()

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The parsed document or fragment."""
        return BeautifulSoup(self.html, "lxml")

    @property
    def title(self) -> str:
        """The document's title."""
        return words(self.one("title"))

    @property
    def h1(self) -> str:
        """The heading."""
        return words(self.one("h1"))

    @property
    def lang(self) -> str:
        """The language that the document says it is in."""
        return attribute(self.one("html"), "lang")

    @property
    def text(self) -> str:
        """All words of the body, in order, white space made single."""
        return words(self.soup.body or self.soup)

    @property
    def links(self) -> list[Link]:
        """All links, in order."""
        return [Link(words(a), attribute(a, "href")) for a in self.all("a[href]")]

    def link(self, text: str) -> str:
        """Return the address of the one link with these words."""
        found = {link.href for link in self.links if link.text == text}
        assert len(found) == 1, (
            f"{self!r}: {len(found)} links say {text!r}; the links are {[x.text for x in self.links]}"
        )
        return found.pop()

    def all(self, selector: str) -> list[Tag]:
        """Return all elements that a CSS selector finds."""
        return list(self.soup.select(selector))

    def one(self, selector: str) -> Tag:
        """Return the one element that a CSS selector finds."""
        found = self.all(selector)
        assert len(found) == 1, f"{self!r}: {len(found)} elements are {selector!r}, not one"
        return found[0]

    def says(self, selector: str) -> str:
        """Return the words of the one element that a CSS selector finds."""
        return words(self.one(selector))

    def form(self, id_or_action: str | None = None) -> Form:
        """Return the form with this id, or that posts to this path; without either, the page's only form that posts."""
        found = [
            form for form in self.forms if id_or_action in (form.id, form.path) or (not id_or_action and form.posts)
        ]
        assert len(found) == 1, f"{self!r}: {len(found)} forms are {id_or_action!r}; there are {self.forms}"
        return found[0]

    @property
    def forms(self) -> list[Form]:
        """All forms, in order."""
        return [Form(tag, self.soup, self.url) for tag in self.all("form")]

    def labelled(self, label: str) -> Tag:
        """Return the field with this label."""
        found = [tag for tag in self.all("label") if words(tag) == label]
        assert len(found) == 1, (
            f"{self!r}: {len(found)} labels say {label!r}; they say {[words(x) for x in self.all('label')]}"
        )
        return self.one(f'[id="{attribute(found[0], "for")}"]')

    def error_for(self, field: str) -> str | None:
        """Return the error that stands beside a field, `None` where there is none."""
        return self.errors.get(field)

    @property
    def errors(self) -> dict[str, str]:
        """The errors beside the fields, by the fields' names."""
        beside = [tag for tag in self.all(".field-error") if words(tag)]
        return {attribute(tag, "id").removesuffix("-error"): words(tag) for tag in beside}

    @property
    def answers(self) -> list[ShownAnswer]:
        """Every answer of the policy on the page."""
        return [ShownAnswer(tag) for tag in self.all("section.answer")]

    @property
    def answer(self) -> ShownAnswer:
        """The page's one answer of the policy."""
        return ShownAnswer(self.one("section.answer"))


class ShownAnswer:
    """An answer of the policy as a page shows it."""

    def __init__(self, tag: Tag) -> None:
        self.outcome = attribute(tag, "data-outcome")
        self.headline = words(tag.select_one(".answer-headline"))
        self.reasons = list(self._cited(tag))
        self.advice = [words(line) for line in tag.select(".answer-advice li, p.answer-advice")]
        self.guarantee = words(tag.select_one(".answer-guarantee"))
        self.text = words(tag)

    @staticmethod
    def _cited(tag: Tag) -> Iterator[str]:
        """Yield the ids of the clauses that the answer links to, in order."""
        yield from (urlsplit(attribute(a, "href")).fragment for a in tag.select('a[href*="#"]'))


def _certain(text: str) -> str:
    for pattern, instead in CHANCE.items():
        text = pattern.sub(instead, text)
    return text
