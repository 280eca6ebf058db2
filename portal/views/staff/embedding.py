"""The lines by which a site shows the policy, filled in, and a live look at what they make."""

from __future__ import annotations

from html import escape

from flask import Response, make_response, render_template, request, url_for

from portal import headers
from portal.forms import EmbeddingForm
from portal.i18n import language
from portal.views.embed import THEMES
from portal.views.here import portal
from portal.views.staff.door import bp

SPACE = """@media (scripting: enabled) {
  cancellation-policy:not(:defined) { display: block; min-height: 100vh; }
}"""


@bp.get("/embedding")
def embedding() -> Response:
    """Show the lines for one language and theme; this page alone frames a page of our own."""
    content, home = portal().content, portal().settings.public_url
    names = [(id_, content.words[id_].name) for id_ in content.languages]
    form = EmbeddingForm(names, ("auto", *THEMES), request.args, language())
    chosen, theme = form.language.data, form.theme.data
    address, title = home + url_for("policy.page", language=chosen), content.words[chosen].title
    named = escape(title)
    framed = url_for("embed.page", language=chosen, theme=None if theme == "auto" else theme)
    link = f'<a href="{address}">{named}</a>'
    body = render_template(
        "staff/embedding.html",
        form=form,
        address=address,
        title=title,
        element=f'<script src="{home}/embed.js" async></script>\n'
        f'<cancellation-policy lang="{chosen}" theme="{theme}">{link}</cancellation-policy>',
        space=SPACE,
        frame=f'<iframe src="{home}{framed}" title="{named}" width="100%" height="900"></iframe>',
        csp=f"script-src {home}; frame-src {home}",
        sites=portal().settings.embed_sites,
    )
    return headers.loosen(make_response(body), "frame-src", "'self'")
