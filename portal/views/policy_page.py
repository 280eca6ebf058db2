"""The policy page, its chooser's answers, and the way to it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from portal import i18n
from portal.content import Answer
from portal.forms import EligibilityForm, PreviewForm
from portal.policy import Status, decide
from portal.views.here import kept_while_unchanged, portal, words

bp = Blueprint("policy", __name__)
FRESH = "public, max-age=300"


@bp.get("/")
@bp.get("/cancellation", endpoint="cancellation")
def start() -> AnyResponse:
    """Lead to the policy in the browser's language."""
    response = redirect(url_for("policy.page", language=i18n.negotiated()), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


@bp.get("/<language:language>/cancellation")
def page(language: str) -> Response:
    """Show the policy, and what it says of the status in the query."""
    return policy("policy/page.html", chooser=url_for(".page", language=language))


@bp.get("/<language:language>/cancellation/answer")
def answer(language: str) -> Response:
    """Answer what the policy says of the facts in the query, as a fragment of a page."""
    form = PreviewForm(words(), formdata=MultiDict(request.args), meta={"csrf": False})
    from_chooser = set(request.args) <= {"status"}
    body = render_template("policy/answer.html", answer=said(form), form=form, act=from_chooser)
    return _cacheable(make_response(body, 200 if form.facts else 422))


def policy(template: str, **more: object) -> Response:
    """Return the policy and what it says of the status in the query, in this template, for everyone alike."""
    asked = "status" in request.args
    form = EligibilityForm(words(), formdata=MultiDict(request.args) if asked else None, meta={"csrf": False})
    answer = said(form)
    wrong = asked and answer is None
    if wrong:
        form.validate()
    address = portal().settings.public_url + url_for("policy.page", language=i18n.language())
    shown = {"form": form, "answer": answer, "policy": portal().content.file, "public_address": address}
    return _cacheable(make_response(render_template(template, **shown, **more), 422 if wrong else 200))


def said(form: EligibilityForm) -> Answer | None:
    """Return what the policy says of a form's facts, in words; `None` until a status is chosen."""
    facts = form.facts
    return words().answer(decide(facts, portal().content.policy)) if facts else None


def addresses(app: Flask) -> Iterable[str]:
    """Return the addresses of the policy in each language, and of the answers to each status."""
    for language in app.config["LANGUAGES"]:
        for view in ("page", "answer"):
            address = f"/{language}/cancellation" + ("/answer" if view == "answer" else "")
            if view == "page":
                yield address
            yield from (f"{address}?status={status}" for status in Status)


def _cacheable(response: Response) -> Response:
    """Let caches keep an answer, unless it says what is wrong with the query."""
    if response.status_code == 200:
        response.headers["Cache-Control"] = FRESH
        kept_while_unchanged(response)
    return response
