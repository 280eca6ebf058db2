"""What the secret keys make: keyed hashes and signed values.

Each value is bound to a purpose, so that one made for a link cannot pass as
another's. Keys have ids and come newest first: the newest makes, all of them check.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Keyring:
    """The signing keys: pairs of id and secret, newest first."""

    keys: tuple[tuple[str, str], ...]

    @property
    def newest(self) -> str:
        """The id of the key that makes new values."""
        return self.keys[0][0]

    def has(self, key_id: str) -> bool:
        """Return whether a key of this id is still in use."""
        return key_id in dict(self.keys)

    def mac(self, purpose: str, message: str, key_id: str | None = None) -> str:
        """Return HMAC-SHA256 of the message for the purpose, as 43 letters safe in addresses.

        Raises `KeyError` where no key has the id.
        """
        secret = dict(self.keys)[key_id or self.newest]
        digest = hmac.digest(secret.encode(), f"{purpose}\0{message}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def sign(self, purpose: str, message: str) -> str:
        """Return the message with the newest key's id and signature behind it."""
        return f"{message}.{self.newest}.{self.mac(purpose, message)}"

    def unsign(self, purpose: str, signed: str) -> str | None:
        """Return the message that one of the keys signed for this purpose; `None` for anything else."""
        message, _, rest = signed.partition(".")
        key_id, _, mac = rest.partition(".")
        if key_id not in dict(self.keys) or not mac.isascii():
            return None
        return message if hmac.compare_digest(mac, self.mac(purpose, message, key_id)) else None


def digest(token: str) -> str:
    """Return the SHA-256 of a random token, in hex: what the database keeps of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def random_token() -> str:
    """Return 192 random bits, as 32 letters safe in addresses."""
    return secrets.token_urlsafe(24)
