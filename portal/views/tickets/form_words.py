"""What the form says where it was right, and was not taken all the same: a title and what to do."""

from __future__ import annotations

from portal.i18n import gettext, ngettext

Fault = tuple[str, str]


def program(*, too_quick: bool) -> Fault:
    """A program seems to have filled the form in: too fast, or also what nobody sees."""
    return (
        gettext("The form came back within two seconds")
        if too_quick
        else gettext("A field that people do not see came back filled in"),
        gettext("Nothing was stored. Look through the form once more and send it again."),
    )


def limit(minutes: int, *, pictures: bool) -> Fault:
    """A limit is reached, for so many minutes more: of filings, or of pictures."""
    return (
        gettext("Too many screenshots were sent from here")
        if pictures
        else gettext("Too many requests were sent from here"),
        ngettext(
            "What you typed is below. Send it again in %(num)d minute.",
            "What you typed is below. Send it again in %(num)d minutes.",
            minutes,
        ),
    )


def unavailable() -> Fault:
    """The database does not take anything."""
    return (
        gettext("The portal cannot store anything at the moment"),
        gettext("Nothing was stored. What you typed is below. Try again in a minute."),
    )
