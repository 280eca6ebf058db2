"""The blueprint that the customer's views share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("tickets", __name__)
