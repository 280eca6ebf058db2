"""The API's bodies and its description: what programs send and what they are answered."""

from __future__ import annotations
