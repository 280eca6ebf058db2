"""Small readings of parsed HTML."""

from __future__ import annotations

from bs4 import Tag


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute's value, "" where it is missing; a list as it was written."""
    value = tag.get(name, "")
    return value if isinstance(value, str) else " ".join(value or ())


def tokens(tag: Tag, name: str) -> list[str]:
    """Return the words of an attribute that is a list of ids or classes."""
    return attribute(tag, name).split()


def words(tag: Tag | None) -> str:
    """Return the words of an element, white space made single; "" for none."""
    return " ".join(tag.get_text().split()) if tag is not None else ""


def where(tag: Tag) -> str:
    """Return how to find an element, for a message: `main > form#new > input[name=order_id]`."""
    return " > ".join(
        _named(step) for step in reversed([tag, *tag.parents]) if step.name not in ("[document]", "html", "body")
    )


def _named(tag: Tag) -> str:
    if tag.has_attr("id"):
        return f"{tag.name}#{attribute(tag, 'id')}"
    if tag.has_attr("name"):
        return f"{tag.name}[name={attribute(tag, 'name')}]"
    return ".".join([tag.name, *tokens(tag, "class")])
