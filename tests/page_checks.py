"""What every page and fragment must be: valid, labelled, whole, of this site alone (WCAG 2.2, `Errors on a form`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import SplitResult, urljoin, urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from html5lib.constants import E as MESSAGES

from tests.reading import attribute, tokens, where, words

ERROR = {"en": "Error: ", "uk": "Помилка: "}
"""How the title of a page with errors begins, by language."""

SUMMARY = "div.error-summary#errors[role=alert][tabindex='-1'][aria-labelledby=errors-title]"
NEVER_INDEXED = re.compile(r"^/(t/|staff|\w+/tickets/(?!new$))")
REFERRING = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-owns",
    "aria-details",
    "for",
    "headers",
    "list",
    "form",
)
LOADING = (
    "script[src]",
    "img[src]",
    "source[src]",
    "link[href]",
    "form[action]",
    "button[formaction]",
    "iframe",
    "object",
    "embed",
)
ELSEWHERE = {"canonical", "alternate"}
"""Relations of a <link> that a browser does not fetch."""

UNLABELLED = ("hidden", "submit", "button", "image", "reset")


@dataclass(frozen=True)
class Read:
    """A page as the checks see it; `document` is false for a fragment."""

    html: str
    soup: BeautifulSoup
    url: SplitResult
    status: int
    document: bool

    @cached_property
    def tags(self) -> list[Tag]:
        """Every element of the page, in order."""
        return list(self.soup.find_all(True))

    def named(self, *names: str) -> list[Tag]:
        """Return the elements of these names, in order."""
        return [tag for tag in self.tags if tag.name in names]

    @cached_property
    def ids(self) -> set[str]:
        """Every id of the page."""
        return {attribute(tag, "id") for tag in self.tags if tag.has_attr("id")}


@cache
def check(html: str, *, url: str, status: int) -> None:
    """Raise an `AssertionError` that names every fault of the HTML; without doctype and <html> it is a fragment."""
    document = bool(re.match(r"\s*<(!doctype|html|head|body)", html, re.IGNORECASE))
    read = Read(html, BeautifulSoup(html, "lxml"), urlsplit(url), status, document)
    rules = DOCUMENT_RULES + RULES if document else RULES
    faults = [fault for rule in rules for fault in rule(read)]
    assert not faults, f"{url} ({status}):\n- " + "\n- ".join(faults)


def _valid(read: Read) -> Iterator[str]:
    parser = html5lib.HTMLParser()
    (parser.parse if read.document else parser.parseFragment)(read.html)
    lines = read.html.splitlines()
    for (line, _), code, data in parser.errors:
        at = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        yield f"line {line} is not valid HTML: {MESSAGES[code] % data}: {at}"


def _document(read: Read) -> Iterator[str]:
    lang = attribute(read.soup.html, "lang") if read.soup.html else ""
    headings = [words(tag) for tag in read.named("h1")]
    if not lang:
        yield "say the language: <html lang>"
    address = read.url.path.split("/")[1]
    if address in ERROR and lang != address:
        yield f"the address is in {address!r}, the page says lang={lang!r}"
    if len(headings) != 1 or not headings[0]:
        yield f"there is exactly one h1, not {headings}"
        return
    with_errors = bool(read.soup.select(".error-summary"))
    wanted = (ERROR.get(lang, "Error: ") if with_errors else "") + headings[0]
    if not words(read.soup.title).startswith(wanted):
        yield f"the title begins {wanted!r}, not {words(read.soup.title)!r}"
    if NEVER_INDEXED.match(read.url.path) and not read.soup.select("meta[name=robots][content*=noindex]"):
        yield 'the page is for one person: say <meta name="robots" content="noindex">'
    if len(read.named("main")) != 1:
        yield "there is exactly one <main>"


def _ids(read: Read) -> Iterator[str]:
    counted = Counter(attribute(tag, "id") for tag in read.tags if tag.has_attr("id"))
    yield from (f"id {id_!r} is there {times} times" for id_, times in counted.items() if times > 1 or not id_)
    for name in REFERRING:
        for tag in (tag for tag in read.tags if tag.has_attr(name)):
            missing = [id_ for id_ in tokens(tag, name) if id_ not in read.ids]
            yield from (f"{where(tag)}: {name} names {id_!r}, which is not on the page" for id_ in missing)


def _links(read: Read) -> Iterator[str]:
    for tag in read.named("a"):
        href = attribute(tag, "href")
        target = urlsplit(urljoin(read.url.geturl(), href))
        here = target[:4] == read.url[:4]
        if not href or target.scheme not in ("http", "https", "mailto"):
            yield f"{where(tag)}: a link has an address, not {href!r}"
        elif here and (href.endswith("#") or (read.document and target.fragment and target.fragment not in read.ids)):
            yield f"{where(tag)}: {href!r} names no place on the page"
        if not _named(tag):
            yield f"{where(tag)}: a link says where it goes"
        if attribute(tag, "target") == "_blank" and "noopener" not in tokens(tag, "rel"):
            yield f'{where(tag)}: with target=_blank say rel="noopener"'


def _fields(read: Read) -> Iterator[str]:
    labels = {attribute(tag, "for") for tag in read.named("label") if words(tag)}
    for tag in read.named("input", "select", "textarea"):
        labelled = attribute(tag, "id") in labels or tag.find_parent("label") or _aria_name(tag)
        if attribute(tag, "type") not in UNLABELLED and not labelled:
            yield f"{where(tag)}: give it a label"
        if attribute(tag, "type") == "radio" and not tag.find_parent(["fieldset"]):
            yield f"{where(tag)}: put the choices in a fieldset with a legend"
    for tag in read.named("fieldset"):
        first = tag.find(True)
        if not isinstance(first, Tag) or first.name != "legend" or not words(first):
            yield f"{where(tag)}: a fieldset begins with a legend that says something"
    for tag in read.soup.select("button, input[type=submit], [role=button], summary"):
        if not _named(tag) and not attribute(tag, "value") and not _hidden(tag):
            yield f"{where(tag)}: a button says what it does"
    for tag in read.soup.select("form[method=post i]"):
        if not tag.select("input[type=hidden][name=csrf_token]"):
            yield f"{where(tag)}: a form that posts carries the csrf_token"


def _pictures(read: Read) -> Iterator[str]:
    yield from (f"{where(tag)}: a picture has alt" for tag in read.named("img") if not tag.has_attr("alt"))
    for tag in read.named("svg"):
        if attribute(tag, "aria-hidden") != "true" and not (attribute(tag, "role") == "img" and _aria_name(tag)):
            yield f'{where(tag)}: an icon is aria-hidden="true", or has role="img" and aria-label'


def _tables(read: Read) -> Iterator[str]:
    yield from (f"{where(tag)}: a head of a table says scope" for tag in read.named("th") if not tag.has_attr("scope"))


def _inline(read: Read) -> Iterator[str]:
    yield from (f"{where(tag)}: no inline style" for tag in read.tags if tag.name == "style" or tag.has_attr("style"))
    yield from (f"{where(tag)}: no inline script" for tag in read.named("script") if not tag.has_attr("src"))
    for tag in read.tags:
        yield from (f"{where(tag)}: no {name}" for name in tag.attrs if name.startswith("on"))


def _other_hosts(read: Read) -> Iterator[str]:
    yield from (f"{where(tag)}: no <base>" for tag in read.named("base"))
    for tag in read.soup.select(", ".join(LOADING)):
        if tag.name == "link" and ELSEWHERE & set(tokens(tag, "rel")):
            continue
        for name in ("src", "href", "action", "formaction", "data"):
            target = urlsplit(urljoin(read.url.geturl(), attribute(tag, name)))
            if tag.has_attr(name) and target[:2] != read.url[:2]:
                yield f"{where(tag)}: {name}={attribute(tag, name)!r} goes to another host"


def _errors(read: Read) -> Iterator[str]:
    summaries = read.soup.select(SUMMARY)
    if len(summaries) != len(read.soup.select(".error-summary")):
        yield f"the error summary is {SUMMARY!r}"
    if read.status == 422 and not summaries and read.document:
        yield "a page with errors (422) has an error summary"
    beside = {attribute(tag, "id"): words(tag) for tag in read.soup.select(".field-error") if words(tag)}
    for summary in summaries:
        if not summary.select("a[href^='#'], p"):
            yield "the error summary links to the fields, or says what is wrong in a <p>"
        for link in summary.select("a[href^='#']"):
            yield from _summarized(read, link, beside)
        unlisted = set(beside.values()) - {words(link) for link in summary.select("a")}
        yield from (f"the error summary does not list {error!r}" for error in sorted(unlisted))


def _summarized(read: Read, link: Tag, beside: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with a link of the summary to a field (or to the first of its choices)."""
    id_ = attribute(link, "href")[1:]
    field = read.soup.find(id=id_)
    if not isinstance(field, Tag):
        return  # `_links` says it
    error = next((e for e in (f"{id_}-error", f"{attribute(field, 'name')}-error") if e in beside), None)
    if error is None or beside[error] != words(link):
        yield f"{link}: beside #{id_} stand other words: {beside.get(error or '')!r}"
    group = [field, *field.find_parents("fieldset"), *field.select("input")]
    if error and not any(error in tokens(tag, "aria-describedby") for tag in group):
        yield f"{where(field)}: name #{error} in aria-describedby"
    if field.name not in ("input", "select", "textarea") and not field.has_attr("tabindex"):
        yield f"{link}: #{id_} takes no focus"
    single = field.name in ("select", "textarea") or (field.name == "input" and attribute(field, "type") != "radio")
    if single and attribute(field, "aria-invalid") != "true":
        yield f'{where(field)}: say aria-invalid="true"'


def _hidden(tag: Tag) -> bool:
    return any(step.has_attr("hidden") for step in [tag, *tag.parents])


def _named(tag: Tag) -> str:
    pictures = " ".join(attribute(img, "alt") for img in tag.select("img[alt]"))
    return words(tag) or _aria_name(tag) or pictures.strip()


def _aria_name(tag: Tag) -> str:
    return attribute(tag, "aria-label") or attribute(tag, "aria-labelledby")


DOCUMENT_RULES = (_document,)
RULES = (_valid, _ids, _links, _fields, _pictures, _tables, _inline, _other_hosts, _errors)
