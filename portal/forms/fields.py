"""Fields of text that say what to do, and choices from the enums."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar

from wtforms import Field, Form, MultipleFileField, RadioField, StringField, TextAreaField, TimeField, ValidationError
from wtforms.fields.choices import SelectChoice, enum_coerce
from wtforms.validators import Optional, StopValidation

from portal.i18n import lazy_gettext, ngettext
from portal.text import DAMAGED, LONGEST_ADDRESS, clean, clean_line, is_address, length

MARKS = 8
"""How many code points a character may have on average: an emoji of a family has seven, a heap of accents more."""
VERSION = re.compile(r"[0-9]{1,9}")
AnyEnum = TypeVar("AnyEnum", bound=StrEnum)


class Known(StrEnum):
    """The answers to a question about a fact."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def value_known(self) -> bool | None:
        """True, false or not known."""
        return {Known.YES: True, Known.NO: False}.get(self)

    @classmethod
    def of(cls, value: bool | None) -> Known:
        """Return the answer that states a value."""
        return cls.UNKNOWN if value is None else cls.YES if value else cls.NO


class Reads:
    """A validator: the text arrived whole (no bytes that were not UTF-8)."""

    def __call__(self, form: Form, field: Field) -> None:
        """Raise `ValidationError` for a damaged text."""
        if DAMAGED in (field.data or ""):
            raise ValidationError(lazy_gettext("Part of this text arrived damaged. Type it again where you see �"))


class Says:
    """A validator: something was typed; `message` says what to type. It ends the checks of its field."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raise `StopValidation` for an empty text."""
        if not field.data:
            field.errors = []
            raise StopValidation(self.message)


class Chosen:
    """A validator: one of the choices was chosen; `message` says what to choose. It ends the checks of its field."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raise `StopValidation` where none was, or something else came."""
        if field.data is None:
            field.errors = []
            raise StopValidation(self.message)


class Characters:
    """A validator: at least `least` and at most `most` characters, counted as people count.

    Too many end the checks of the field: no pattern is matched against half a million letters.
    """

    def __init__(self, most: int, least: int = 0, marks: int = MARKS) -> None:
        self.most, self.least, self.marks = most, least, marks

    def __call__(self, form: Form, field: Field) -> None:
        """Raise `StopValidation` for a text that is too long, `ValidationError` for one that is too short."""
        there = length(field.data or "")
        marks = len(field.data or "") - self.marks * self.most
        if there > self.most or marks > 0:
            over = max(there - self.most, marks)
            raise StopValidation(
                ngettext("Shorten this by %(num)d character", "Shorten this by %(num)d characters", over)
            )
        if there < self.least:
            raise ValidationError(
                ngettext(
                    "Write at least %(num)d character, so that we understand what happened",
                    "Write at least %(num)d characters, so that we understand what happened",
                    self.least,
                )
            )


def version(field: Field) -> int:
    """Return the version of a ticket that a hidden field carries; -1, which no ticket has, for anything else."""
    carried = field.data or ""
    return int(carried) if VERSION.fullmatch(carried) else -1


def line(label: str, *validators: Any, hint: str = "", **more: Any) -> StringField:
    """Return a field of one line, cleaned."""
    return StringField(label, [*validators, Reads()], filters=[_cleaned(clean_line)], description=hint, **more)


def email(label: str, *validators: Any, hint: str = "") -> StringField:
    """Return a field of one e-mail address, or of nothing where no validator asks for one."""
    return line(label, *validators, Characters(LONGEST_ADDRESS, marks=1), _address, hint=hint)


def _address(form: Form, field: Field) -> None:
    if field.data and not is_address(field.data):
        raise ValidationError(lazy_gettext("Enter an e-mail address, for example name@example.com"))


def lines(label: str, *validators: Any, hint: str = "", **more: Any) -> TextAreaField:
    """Return a field of several lines, cleaned."""
    return TextAreaField(label, [*validators, Reads()], filters=[_cleaned(clean)], description=hint, **more)


class ClockField(TimeField):
    """A time of day; what it says of anything else says what to type."""

    def process_formdata(self, typed: list[str]) -> None:
        """Read hours and minutes."""
        try:
            super().process_formdata([text.strip() for text in typed])
        except ValueError:
            raise ValueError(lazy_gettext("Write the time as hours and minutes, such as 14:05")) from None


def time(label: str, *, hint: str = "") -> TimeField:
    """Return a field of a time of day, or of none."""
    return ClockField(label, [Optional()], description=hint)


def pictures() -> MultipleFileField:
    """Return the field of screenshots, the same wherever they are sent; `evidence` checks them."""
    return MultipleFileField(
        lazy_gettext("Screenshots (optional)"),
        description=lazy_gettext("Up to 3 pictures: PNG, JPEG or WebP, at most 5 MB each."),
    )


def choice(label: str, kind: type[AnyEnum], *validators: Any, hint: str = "", **more: Any) -> RadioField:
    """Return a field that takes one value of an enum; the form fills in `choices`."""
    return RadioField(label, [*validators], coerce=enum_coerce(kind), choices=[], description=hint, **more)


def choices(labels: Iterable[tuple[StrEnum, str]]) -> list[SelectChoice]:
    """Return the choices of a field from values and their labels."""
    return [SelectChoice(value=value.value, label=label) for value, label in labels]


def _cleaned(cleaner: Any) -> Any:
    return lambda typed: cleaner(typed) if isinstance(typed, str) else ""
