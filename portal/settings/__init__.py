"""Frozen settings from the environment: `PORTAL_<NAME>` for each field of `Settings`.

A bad one stops the start; each fault names the variable and says what it should be, and
never repeats its value, which may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from portal.readings import PanelKind
from portal.settings import elsewhere, values
from portal.settings.elsewhere import Bucket
from portal.settings.kept import make_secrets, secrets_file
from portal.settings.values import LOOPBACK, Limit, Limits, SecretKey

__all__ = ["LOOPBACK", "VAR", "Bucket", "Limit", "Limits", "SecretKey", "SettingError", "Settings", "make_secrets"]

PREFIX = "PORTAL_"
VAR = Path(__file__).absolute().parent.parent.parent / "var"
"""What the portal keeps on this machine: its secrets, and the database unless a setting says otherwise."""


class SettingError(Exception):
    """A setting is not as it should be; `faults` names each, and says what it should be."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("\n".join(found))
        self.faults = found


class Settings(BaseModel):
    """Everything that an owner can set, checked; a field `x_y` is the variable `PORTAL_X_Y`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: Annotated[str, BeforeValidator(values.public_url)] = "http://127.0.0.1:8000"
    shop_name: Annotated[str, BeforeValidator(values.shop_name)] = "SMM-PANEL.PRO"
    shop_url: Annotated[str, BeforeValidator(values.address)] = "https://smm-panel.pro/"
    timezone: Annotated[str, BeforeValidator(values.timezone)] = "Europe/Kyiv"
    secret_keys: Annotated[tuple[SecretKey, ...], BeforeValidator(values.secret_keys)] = Field(repr=False)
    database_url: Annotated[str, BeforeValidator(values.database_url)] = Field(repr=False)
    files_url: Annotated[Bucket | None, BeforeValidator(elsewhere.files_url)] = None
    embed_sites: Annotated[tuple[str, ...], BeforeValidator(values.embed_sites)] = ()
    handover_keys: Annotated[tuple[SecretKey, ...], BeforeValidator(values.handover_keys)] = Field((), repr=False)
    refund_policy_url: Annotated[str | None, BeforeValidator(values.address)] = None
    payment_policy_url: Annotated[str | None, BeforeValidator(values.address)] = None
    smtp_url: Annotated[str | None, BeforeValidator(values.smtp_url)] = Field(None, repr=False)
    mail_from: Annotated[str | None, BeforeValidator(values.mail_from)] = None
    mail_folder: Path = VAR / "mail"
    staff_channels: Annotated[tuple[str, ...], BeforeValidator(values.staff_channels)] = Field((), repr=False)
    answer_target: Annotated[int | None, BeforeValidator(values.answer_target)] = None
    panel_kind: Annotated[PanelKind, BeforeValidator(values.panel_kind)] = PanelKind.BY_HAND
    panel_url: Annotated[str | None, BeforeValidator(values.panel_url)] = None
    panel_key: Annotated[str | None, BeforeValidator(values.panel_key)] = Field(None, repr=False)
    limits: Annotated[Limits, BeforeValidator(values.limits)] = Limits()
    proxies: Annotated[int, BeforeValidator(values.proxies)] = 0
    metrics_token: Annotated[str | None, BeforeValidator(values.metrics_token)] = Field(None, repr=False)

    @model_validator(mode="after")
    def _proxies_are_told(self) -> Self:
        if self.https and "proxies" not in self.model_fields_set:
            raise ValueError(
                "PORTAL_PROXIES: should be set where PORTAL_PUBLIC_URL is https: the number of proxies in front, 0 to 9"
            )
        return self

    @model_validator(mode="after")
    def _mails_come_from_somewhere(self) -> Self:
        if self.smtp_url and not self.mail_from:
            raise ValueError(
                "PORTAL_MAIL_FROM: should be set where PORTAL_SMTP_URL is: the address that mails come from"
            )
        return self

    @model_validator(mode="after")
    def _the_panel_can_be_called(self) -> Self:
        given = {"PORTAL_PANEL_URL: ": self.panel_url, "PORTAL_PANEL_KEY: ": self.panel_key}
        missing = [name for name, value in given.items() if value is None]
        if self.panel_kind is PanelKind.API_V2 and missing:
            raise ValueError("\n".join(f"{name}should be set where PORTAL_PANEL_KIND is api-v2" for name in missing))
        return self

    @property
    def mails(self) -> bool:
        """Whether customers can be told by mail: by a mail server, or, on this machine itself, in the folder."""
        return self.smtp_url is not None or self.loopback

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        host = values.host_of(urlsplit(self.public_url))
        return self.mail_from or f"no-reply@{'localhost' if host.startswith('[') else host}"

    @property
    def https(self) -> bool:
        """Whether customers reach the portal over https."""
        return self.public_url.startswith("https:")

    @property
    def loopback(self) -> bool:
        """Whether the portal is reached from this machine alone."""
        return values.host_of(urlsplit(self.public_url)) in LOOPBACK

    @property
    def hosts(self) -> list[str]:
        """The names of hosts that a request may carry: the public one, or all names of this machine itself."""
        return list(LOOPBACK) if self.loopback else [values.host_of(urlsplit(self.public_url))]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], var: Path) -> Settings:
        """Return the settings that the environment and the folder `var` make; an empty variable counts as not set.

        Raises `SettingError` with every fault found.
        """
        names = {_variable(name): name for name in cls.model_fields}
        given = {name: environ[variable] for variable, name in names.items() if environ.get(variable)}
        given.setdefault("database_url", f"sqlite:///{var.absolute()}/portal.sqlite")
        given.setdefault("mail_folder", f"{var.absolute()}/mail")
        kept = secrets_file(var) if "secret_keys" not in given else None
        if kept and kept.exists():
            given["secret_keys"] = kept.read_text(encoding="utf-8", errors="replace")
        found = [_unknown(name, names) for name in environ if name.startswith(PREFIX) and name not in names]
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            found += [_fault(dict(e), kept) for e in error.errors()]
        if not found and settings.files_url:
            found = elsewhere.key_faults(environ)
        if found:
            raise SettingError(found)
        return settings


def _variable(field: str) -> str:
    return f"{PREFIX}{field.upper()}"


def _unknown(name: str, names: Mapping[str, str]) -> str:
    nearest = get_close_matches(name, names, n=1, cutoff=0)[0]
    return f"{name}: is not a setting of the portal; the nearest is {nearest}"


def _fault(error: dict[str, Any], kept: Path | None) -> str:
    if not error["loc"]:
        return str(error["ctx"]["error"])  # it names the variable itself
    field = error["loc"][0]
    if error["type"] == "missing":
        return f"{_variable(field)}: should be set, or made in {kept} by `make run`"
    read = f" (read from {kept})" if kept and field == "secret_keys" else ""
    return f"{_variable(field)}{read}: {error.get('ctx', {}).get('error', error['msg'])}"
