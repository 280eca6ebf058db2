"""One's own account: the one-time link that sets it up, and a new password."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portal import staff_access
from portal.clock import now
from portal.forms import PasswordForm, SetupForm
from portal.i18n import gettext
from portal.views.here import cookie_name, portal
from portal.views.staff.door import COOKIE, admit, bp


@bp.get("/setup/<token>")
def setup(token: str) -> Response:
    """Show what a one-time link sets up; looking at it does not use it."""
    return _setup_page(token, _setup_form(token), 200)


@bp.post("/setup/<token>")
def set_up(token: str) -> AnyResponse:
    """Set up the account of a one-time link, end the link, and sign in."""
    form = _setup_form(token)
    if not form.validate():
        return _setup_page(token, form, 422)
    first = {name: form[name].data for name in ("email", "name", "language") if name in form}
    try:
        staff = staff_access.use_link(token, form.password.data, now(), **first)
    except staff_access.StaffFault:
        return _setup_page(token, form, 410)
    signed_in = staff_access.sign_in(staff.email, form.password.data, now())
    assert signed_in is not None
    return admit(redirect(url_for(".inbox"), 303), signed_in)


@bp.get("/account")
def account() -> str:
    """Show the account."""
    return render_template("staff/account.html", form=PasswordForm(formdata=None), staff=g.staff)


@bp.post("/account")
def change_password() -> AnyResponse:
    """Change one's password; all other sessions end."""
    form = PasswordForm()
    if form.validate():
        keep = request.cookies[cookie_name(COOKIE)]
        if staff_access.change_password(g.staff, form.old.data, form.password.data, keep):
            flash(gettext("The password is changed. Other browsers are signed out."))
            return redirect(url_for(".account"), 303)
        form.old.errors = [gettext("This is not your present password. Type it again")]
    return make_response(render_template("staff/account.html", form=form, staff=g.staff), 422)


def _setup_form(token: str) -> SetupForm:
    content = portal().content
    form = SetupForm([(id_, content.words[id_].name) for id_ in content.languages])
    works, staff = staff_access.link_owner(token, now())
    if works and staff:
        del form.email, form.name, form.language
    return form


def _setup_page(token: str, form: Any, status: int) -> Response:
    works, staff = staff_access.link_owner(token, now())
    if not works:
        return make_response(render_template("staff/link_ended.html"), 410)
    return make_response(render_template("staff/setup.html", form=form, staff=staff), status)
