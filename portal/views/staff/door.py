"""Sign-in, sign-out and the door itself: every address of the blueprint is closed unless it is named `OPEN`."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import limits, passwords, staff_access
from portal.clock import now
from portal.errors import page
from portal.extensions import db
from portal.forms import SignInForm
from portal.i18n import gettext, ngettext, speak
from portal.views.here import cookie_name, count, portal

bp = Blueprint("staff", __name__, url_prefix="/staff")

OPEN = ("staff.sign_in", "staff.enter", "staff.setup", "staff.set_up")
COOKIE = "staff"
WRITTEN = ("text", "note", "reason", "matched_by")
"""The fields in which staff write, shown again where they were signed out before they sent them."""


@bp.before_request
def _closed() -> AnyResponse | None:
    """Let only staff in, and speak their language from here on."""
    if request.endpoint in OPEN:
        return None
    token = request.cookies.get(cookie_name(COOKIE), "")
    staff = staff_access.signed_in(token, now()) if token else None
    if staff is None:
        return _to_sign_in()
    g.staff = staff
    if staff.language in portal().content.languages:
        speak(staff.language)
    return None


@bp.get("/sign-in")
def sign_in() -> str:
    """Show the sign-in form."""
    return render_template("staff/sign_in.html", form=SignInForm(), fault=None)


@bp.post("/sign-in")
def enter() -> AnyResponse:
    """Sign in; one answer for a wrong password and an unknown address."""
    form = SignInForm()
    if not form.validate():
        return _refused(form, 422, None)
    who = portal().keys.mac("sign-in", form.email.data.lower())
    try:
        count("sign_ins_account", who, now())
        db.session.commit()
    except limits.TooMany as refusal:
        db.session.rollback()
        response = _refused(form, 429, _limit_words(refusal.minutes))
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    try:
        token = staff_access.sign_in(form.email.data, form.password.data, now())
    except passwords.Busy:
        return _refused(form, 503, _busy_words())
    if token is None:
        return _refused(form, 422, _wrong_words())
    limits.clear("sign_ins_account", who)
    db.session.commit()
    return admit(redirect(_wanted(), 303), token)


@bp.post("/sign-out")
def sign_out() -> AnyResponse:
    """End the session."""
    staff_access.sign_out(request.cookies[cookie_name(COOKIE)])
    response = redirect(url_for(".sign_in"), 303)
    response.delete_cookie(cookie_name(COOKIE), secure=portal().settings.https, httponly=True, samesite="Lax")
    session.pop("csrf_token", None)
    return response


def admit(response: AnyResponse, token: str) -> AnyResponse:
    """Sign the browser that gets this response in."""
    session.pop("csrf_token", None)  # a form from before sign-in works no longer
    response.set_cookie(cookie_name(COOKIE), token, secure=portal().settings.https, httponly=True, samesite="Lax")
    return response


def _to_sign_in() -> AnyResponse:
    if request.method == "POST":
        advice = gettext("Copy what you typed, if you need it. Sign in, open the request and send it again.")
        typed = [request.form[name] for name in WRITTEN if request.form.get(name)]
        return page(403, gettext("You are signed out; nothing was stored"), advice, typed=typed)
    wanted = request.full_path if request.endpoint and request.method == "GET" else ""
    return redirect(url_for(".sign_in", next=wanted.rstrip("?") or None), 303)


def _wanted() -> str:
    """Return the page that was asked for before sign-in, if it is one of staff's."""
    wanted = request.args.get("next", "")
    path = unquote(wanted.partition("?")[0])
    inside = path.startswith("/staff/") and ".." not in path and "\\" not in path and wanted.isprintable()
    return wanted if inside else url_for(".inbox")


def _refused(form: SignInForm, status: int, fault: tuple[str, str] | None) -> Response:
    return make_response(render_template("staff/sign_in.html", form=form, fault=fault), status)


def _wrong_words() -> tuple[str, str]:
    return (
        gettext("E-mail or password is wrong"),
        gettext("Check both. If you forgot the password, ask a colleague for a one-time link."),
    )


def _busy_words() -> tuple[str, str]:
    return gettext("Too many people are signing in at the moment"), gettext("Try again in a minute.")


def _limit_words(minutes: int) -> tuple[str, str]:
    return (
        gettext("Too many tries for this account"),
        ngettext("Try again in %(num)d minute.", "Try again in %(num)d minutes.", minutes),
    )
