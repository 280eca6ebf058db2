"""What all forms share."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from portal.i18n import language


class PortalForm(FlaskForm):
    """A form of Flask-WTF; the few words of WTForms itself are read once a language, not once a form."""

    class Meta(FlaskForm.Meta):
        """How its fields are made."""

        def get_translations(self, form: Any) -> Any:
            """Return WTForms' own words in the language of this request."""
            return _words(language())


@cache
def _words(language: str) -> Any:
    return get_translations([language])
