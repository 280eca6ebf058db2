"""The portal put together: settings, content, extensions, pages, and what stands in front of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from portal import cli, content, errors, extensions, headers, i18n, migrated, pages, views, watched
from portal.files import files_in
from portal.keys import Keyring
from portal.logs import log
from portal.parts import Portal
from portal.settings import VAR, Settings
from portal.views.here import FORM_LASTS
from portal.views.outside import ByAnyName

ROOT = Path(__file__).parent
CONTENT = ROOT.parent / "content" / "cancellation"
REPLIES = ROOT.parent / "content" / "replies"
TRANSLATIONS = ROOT / "translations"
MIGRATIONS = ROOT / "migrations"
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which several web processes count the times of their answers together."""


def create_app(
    settings: Settings | None = None,
    *,
    content_folder: Path = CONTENT,
    replies_folder: Path = REPLIES,
    translations: Path = TRANSLATIONS,
) -> Flask:
    """Return the portal as a WSGI app; the settings come from the environment unless given.

    Raises `SettingError`, `ContentError` or `CatalogueError`, each saying what to mend.
    """
    settings = settings or Settings.from_environment(os.environ, VAR)
    made = _made(settings, content_folder, replies_folder)

    app = Flask("portal", static_folder=None)
    app.config.from_mapping(_config(settings, made.keys))
    app.extensions["portal"] = made
    app.jinja_env.globals["settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["language"] = _one_of(made.content.languages)

    _watch(app, os.environ.get(COUNTED_IN))
    i18n.init(app, made.content.languages, translations, settings.timezone)
    headers.init(app, https=settings.https, large=views.LARGE, types=views.TYPES)
    errors.init(app)
    extensions.db.init_app(app)
    app.teardown_appcontext(extensions.let_go)
    extensions.csrf.init_app(app)
    migrated.init(app, MIGRATIONS)
    with app.app_context():
        extensions.open_durably(extensions.db.engine)
    cli.register(app)
    views.register(app)
    _stand_in_front(app, settings)
    return app


def _made(settings: Settings, content_folder: Path, replies_folder: Path) -> Portal:
    fill = content.Fill(
        names={"shop": settings.shop_name},
        links={"refund_policy": settings.refund_policy_url, "payment_policy": settings.payment_policy_url},
    )
    shop_content = content.load(content_folder, fill)
    return Portal(
        settings=settings,
        content=shop_content,
        replies=content.load_replies(replies_folder, shop_content.languages),
        keys=Keyring(tuple((key.id, key.secret) for key in settings.secret_keys)),
        files=files_in(settings.files_url),
    )


def _config(settings: Settings, keys: Keyring) -> dict[str, object]:
    session_keys = [keys.mac("session", "", key_id) for key_id, _ in keys.keys]
    return {
        "SECRET_KEY": session_keys[0],
        "SECRET_KEY_FALLBACKS": session_keys[1:],
        "SESSION_COOKIE_NAME": "__Host-session" if settings.https else "session",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # else each answer would set the cookie again, public pages' too
        "PERMANENT_SESSION_LIFETIME": timedelta(days=180),
        "TRUSTED_HOSTS": settings.hosts,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": extensions.engine_options(settings.database_url),
        "WTF_CSRF_TIME_LIMIT": FORM_LASTS.total_seconds(),
        "MIGRATION": migrated.head(MIGRATIONS),
    }


def _watch(app: Flask, folder: str | None) -> None:
    """Have answers told in the log, and, where operators have a token for the figures, counted."""
    figures = None
    if app.extensions["portal"].settings.metrics_token:
        from portal.metrics import Figures  # it costs 20 ms, and half a megabyte

        figures = Figures(Path(folder) if folder else None)
    app.extensions["figures"] = figures
    watched.init(app, log(program="web"), figures.count if figures else None)


def _one_of(languages: Sequence[str]) -> type[BaseConverter]:
    """Return a converter of addresses that takes the ids of these languages."""
    return type("LanguageConverter", (BaseConverter,), {"regex": "|".join(languages)})


def _stand_in_front(app: Flask, settings: Settings) -> None:
    """Put what answers before Flask in front of it: public pages kept as bytes, and the proxies that are trusted."""
    setattr(app, "wsgi_app", ByAnyName(app.wsgi_app, urlsplit(settings.public_url).netloc))
    front: Any = pages.Pages(app, settings.public_url, views.public_addresses(app))
    if settings.proxies:
        front = ProxyFix(front, x_for=settings.proxies, x_proto=settings.proxies)
    setattr(app, "wsgi_app", front)
