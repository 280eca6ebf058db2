"""The portal for a WSGI server: `granian --interface wsgi wsgi:app`."""

from __future__ import annotations

import sys

from portal import create_app
from portal.content import ContentError
from portal.i18n import CatalogueError
from portal.settings import SettingError

try:
    app = create_app()
except (CatalogueError, ContentError, SettingError) as error:
    sys.exit(f"The portal cannot start:\n{error}")
