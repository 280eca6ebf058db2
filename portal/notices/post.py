"""How mails leave: by a mail server, or, where none is set, into a folder."""

from __future__ import annotations

import os
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from portal.outbox import Fault, Result

WAITS = 20
"""Seconds for each answer of the server."""
WITHIN = 60
"""Seconds for a whole mail: far less than a worker holds a notice."""
ANEW = 0.1
"""Seconds between two times to hang up."""
CLOSING = 421
"""What a server answers that serves nobody now, whatever it was asked."""
ENHANCED = re.compile(r"5\d\d 5\.(\d{1,3})\.\d{1,3}\b")
"""An answer for good with its class, as RFC 3463 has it."""
LONGEST_DETAIL = 200
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Post(Protocol):
    """A way for mails to leave."""

    def send(self, mail: EmailMessage) -> Result:
        """Send a mail to its one recipient; return what became of it."""

    def check(self) -> Result:
        """Return whether a mail could leave now."""

    def rest(self) -> None:
        """Let go of what is held between mails."""


class Folder:
    """Mails lie in a folder, a file each; the same mail once more takes its own place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, mail: EmailMessage) -> Result:
        """Write a mail, whole or not at all."""
        try:
            self._write(str(mail["Message-ID"]).strip("<>").partition("@")[0], mail.as_bytes())
        except OSError as error:
            return _unreachable(error)
        return Result()

    def _write(self, name: str, mail: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        writing = self._folder / f".{name}.{os.getpid()}"
        writing.touch(mode=0o600)  # who reads a mail can open the request
        writing.write_bytes(mail)
        writing.replace(self._folder / f"{name}.eml")

    def check(self) -> Result:
        """Say that mails lie here."""
        return Result(fault=Fault.NOT_SET, detail=str(self._folder))

    def rest(self) -> None:
        """Hold nothing."""


class Server:
    """A mail server; the connection is kept from mail to mail.

    With smtp:// it must offer STARTTLS unless it is on this machine, so that nothing is ever sent in the clear.
    `waits` and `within` are seconds, for each answer and for a whole mail.
    """

    def __init__(self, url: str, *, waits: float = WAITS, within: float = WITHIN) -> None:
        self._at, self._waits, self._within = urlsplit(url), waits, within
        self._smtp: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> Result:
        """Send a mail; what the server says decides whether it is tried again."""
        try:
            with self._connected() as smtp:
                return _handed(smtp, mail)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            return _unreachable(error)

    def check(self) -> Result:
        """Connect and sign in."""
        try:
            with self._connected() as smtp:
                smtp.noop()
        except (OSError, ValueError, smtplib.SMTPException) as error:  # ValueError: a name that no server can have
            return _unreachable(error)
        return Result()

    def rest(self) -> None:
        """Close the connection."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Give the server, signed in, and cut it off after a time, be it in the middle of its greeting."""
        ended = Event()
        Thread(target=self._cut_off, args=[ended], daemon=True).start()
        try:
            yield self._smtp if self._smtp is not None and _answers(self._smtp) else self._opened()
        except BaseException:
            _hang_up(self._smtp)
            if self._smtp is not None:
                self._smtp.close()
            self._smtp = None
            raise
        finally:
            ended.set()

    def _cut_off(self, ended: Event) -> None:
        """Hang up after a time, and again until it has ended: at first there may be no connection yet."""
        wait = self._within
        while not ended.wait(wait):
            _hang_up(self._smtp)
            wait = ANEW

    def _opened(self) -> smtplib.SMTP:
        secure, host, port = ssl.create_default_context(), self._at.hostname or "", self._at.port
        if self._at.scheme == "smtps":
            smtp: smtplib.SMTP = _SecureClient(self._begun, host, port or 465, timeout=self._waits, context=secure)
        else:
            smtp = _Client(self._begun, host, port or 587, timeout=self._waits)
        if self._at.scheme == "smtp" and host not in LOOPBACK:
            smtp.starttls(context=secure)
        if self._at.username:
            smtp.login(unquote(self._at.username), unquote(self._at.password or ""))
        return smtp

    def _begun(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp


class _Client(smtplib.SMTP):
    """A client that shows itself before it connects, so that it can be cut off whatever it waits for."""

    def __init__(self, show: Callable[[smtplib.SMTP], None], *args: Any, **more: Any) -> None:
        show(self)
        super().__init__(*args, **more)


class _SecureClient(_Client, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


def _handed(smtp: smtplib.SMTP, mail: EmailMessage) -> Result:
    """Hand a mail to the server; what is said of the mail or its recipient for good is not tried again."""
    try:
        smtp.send_message(mail, to_addrs=[address.addr_spec for address in mail["To"].addresses])
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        return _refusal(code, said, Fault.REFUSED if _of_the_address(code, _shown(code, said)) else None)
    except smtplib.SMTPDataError as refused:
        return _refusal(refused.smtp_code, refused.smtp_error, Fault.UNWANTED if refused.smtp_code >= 500 else None)
    except smtplib.SMTPSenderRefused as refused:  # it is we who are refused: no fault of this mail
        detail, code = _shown(refused.smtp_code, refused.smtp_error), refused.smtp_code
        return Result(fault=Fault.NOT_NOW, detail=detail, rests=code == CLOSING or code >= 500)
    except smtplib.SMTPNotSupportedError:
        return Result(fault=Fault.BAD_ADDRESS, for_good=True)
    return Result()


def _answers(smtp: smtplib.SMTP) -> bool:
    """Return whether a connection that was kept still works; where not, it is closed: the server may be there yet."""
    with suppress(OSError, smtplib.SMTPException):
        if smtp.noop()[0] == 250:
            return True
    smtp.close()
    return False


def _hang_up(smtp: smtplib.SMTP | None) -> None:
    """End a connection, whoever waits for it; closing it is for the thread that uses it."""
    sock = smtp.sock if smtp is not None else None
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _of_the_address(code: int, shown: str) -> bool:
    """Return whether the server refuses a recipient because of the address (RFC 3463: 5.1, 5.2), and not us."""
    status = ENHANCED.match(shown)
    return status[1] in ("1", "2") if status else code in (550, 551, 553)


def _refusal(code: int, said: bytes | str, for_good: Fault | None) -> Result:
    if for_good:
        return Result(fault=for_good, detail=_shown(code, said), for_good=True)
    return Result(fault=Fault.NOT_NOW, detail=_shown(code, said), rests=code == CLOSING)


def _unreachable(error: Exception) -> Result:
    if isinstance(error, smtplib.SMTPResponseException):
        return Result(fault=Fault.UNREACHABLE, detail=_shown(error.smtp_code, error.smtp_error), rests=True)
    lacks = str(error) if isinstance(error, smtplib.SMTPNotSupportedError) else None
    reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or lacks or type(error).__name__
    return Result(fault=Fault.UNREACHABLE, detail=str(reason)[:LONGEST_DETAIL], rests=True)


def _shown(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:LONGEST_DETAIL]
