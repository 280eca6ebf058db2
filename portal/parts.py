"""What an app was made of, at hand wherever it runs: for its pages, its worker, its command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from portal.content import Content, Replies, Words, read
from portal.files import Files
from portal.keys import Keyring
from portal.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Portal:
    """What an app was made of."""

    settings: Settings
    content: Content
    replies: Replies
    keys: Keyring
    files: Files | None = None
    earlier: dict[str, Content] = field(default_factory=dict)

    def content_at(self, event: Any) -> Content:
        """Return the content whose policy spoke in an event, as it was; today's, where none did."""
        name = event.policy_hash
        if name in (None, self.content.policy.edition.hash):
            return self.content
        if name not in self.earlier:  # no version ever changes
            self.earlier[name] = read(event.policy.content, self.content.fill)
        return self.earlier[name]

    def words_at(self, event: Any, language: str) -> Words:
        """Return the words of the policy that spoke in an event in a language, or in its first one."""
        words = self.content_at(event).words
        return words.get(language) or next(iter(words.values()))


def portal() -> Portal:
    """Return what this app was made of."""
    made: Portal = current_app.extensions["portal"]
    return made


def link(endpoint: str, **values: Any) -> str:
    """Return the public address of a page: the same from a request and from outside one."""
    inside = current_app.url_map.bind("portal").build(endpoint, values)
    return f"{portal().settings.public_url}{inside}"
