"""What the form says where it was right, and was not taken all the same: a title and what to do."""

from __future__ import annotations

from portal import handover
from portal.i18n import gettext, ngettext
from portal.views.here import portal

Fault = tuple[str, str]


def program(*, too_quick: bool) -> Fault:
    """A program seems to have filled the form in: too fast, or also what nobody sees."""
    return (
        gettext("The form came back within two seconds")
        if too_quick
        else gettext("A field that people do not see came back filled in"),
        gettext("Nothing was stored. Look through the form once more and send it again."),
    )


def hand_over(fault: handover.Fault) -> Fault:
    """The order that the main site handed over is not taken, or not any more."""
    shop = portal().settings.shop_name
    again = gettext("Go back to your orders at %(shop)s and follow the link once more.", shop=shop)
    myself = gettext("Or fill in the form yourself.")
    return {
        handover.Fault.FORGED: (gettext("The link from %(shop)s could not be checked", shop=shop), f"{again} {myself}"),
        handover.Fault.EXPIRED: (gettext("The link from %(shop)s has expired", shop=shop), f"{again} {myself}"),
        handover.Fault.HALF: (
            gettext("The link from %(shop)s could not be read", shop=shop),
            gettext("That is not your fault. Fill in the form yourself."),
        ),
        handover.Fault.LOST: (
            gettext("What %(shop)s told us of your order is no longer here", shop=shop),
            f"{again} {myself}",
        ),
        handover.Fault.USED: (
            gettext("A request was already sent with this link from %(shop)s", shop=shop),
            gettext(
                "To see that request, open its secret link, "
                "or go back to your orders at %(shop)s and follow the link once more.",
                shop=shop,
            ),
        ),
    }[fault]


def closed() -> Fault:
    """The ticket to which the form adds is not open in this browser any more."""
    return (
        gettext("Open your secret link again"),
        gettext("Only then can this be added to your request. Sent from here, it becomes a new request."),
    )


def limit(minutes: int, what: str) -> Fault:
    """The limit of this name is reached, for so many minutes more."""
    titles = {
        "screenshots_address": gettext("Too many screenshots were sent from here"),
        "filings_email": gettext("Too many requests name this e-mail address"),
        "messages_ticket": gettext("Too many messages were sent on this request"),
    }
    return (
        titles.get(what) or gettext("Too many requests were sent from here"),
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
