"""What was not sent and why: sent again, or dropped."""

from __future__ import annotations

import re

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import outbox
from portal.clock import now
from portal.i18n import gettext
from portal.views.staff.door import bp
from portal.views.staff.notice_words import found_of_ways, unsent_rows, ways_in_words

NUMBER = re.compile("[0-9]{1,18}")


@bp.get("/notices")
def notices() -> Response:
    """Show what was not sent."""
    return _page(200)


@bp.post("/notices/<int:notice>/<step>")
def look_after(notice: int, step: str) -> AnyResponse:
    """Send a notice again, or drop it."""
    steps = {"again": outbox.send_again, "drop": outbox.drop}
    if step not in steps or notice > 2**62:
        abort(404)
    try:
        steps[step](notice, now())
    except outbox.BeingSent:
        return _page(409, fault=_being_sent_words())
    except LookupError:
        return _page(409, fault=_gone_words())
    done = {"again": gettext("It will be sent again as soon as its turn comes."), "drop": gettext("It was dropped.")}
    flash(done[step])
    return redirect(url_for(".notices"), 303)


def _page(status: int, fault: tuple[str, str] | None = None) -> Response:
    after = request.args.get("after", "")
    rows, next_after = outbox.unsent_page(int(after) if NUMBER.fullmatch(after) else None)
    body = render_template(
        "staff/notices.html",
        rows=unsent_rows(rows),
        ways=list(ways_in_words(found_of_ways())),
        fault=fault,
        next_page=url_for(".notices", after=next_after) if next_after else None,
    )
    return make_response(body, status)


def _being_sent_words() -> tuple[str, str]:
    return gettext("A worker is sending this one just now"), gettext("Look again in a few minutes.")


def _gone_words() -> tuple[str, str]:
    return gettext("This one was sent or dropped meanwhile"), gettext("There is nothing left to do.")
