"""The settings: what they are unless set, how each bad one is named, and where the secrets lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.settings import VAR, Limit, Limits, SecretKey, SettingError, Settings, make_secrets
from tests.code_reading import ROOT, names, table

KEYS = "new:" + "n" * 32
PAIRS = "should be id:secret pairs"
LIMITS = "should be name=times/seconds"
SITE = "should be the address where customers reach the portal"
HTTP = "should be an http:// or https:// address"
ORIGINS = "should be origins such as https://shop.example.com"
COUNT = "should be the number of proxies"
PANEL = "should be the panel's address"
PANEL_KEY = "should be the panel's key"
TOKEN = "should be a token of 32 to 200 characters"
DATABASE = "should be sqlite:/// and the absolute path"

BAD = [
    ("PORTAL_PUBLIC_URL", "help.example.com", SITE),
    ("PORTAL_PUBLIC_URL", "ftp://help.example.com", SITE),
    ("PORTAL_PUBLIC_URL", "https://", SITE),
    ("PORTAL_PUBLIC_URL", "https://[::1", SITE),
    ("PORTAL_PUBLIC_URL", "https://help.example.com:99999", SITE),
    ("PORTAL_PUBLIC_URL", "https://help.example.com/portal", SITE),
    ("PORTAL_PUBLIC_URL", "https://help.example.com/?a=b", SITE),
    ("PORTAL_PUBLIC_URL", "https://user@help.example.com", SITE),
    ("PORTAL_PUBLIC_URL", "https://help example.com", SITE),
    ("PORTAL_PUBLIC_URL", "http://help.example.com", "should be https:// unless the host is this machine"),
    ("PORTAL_EMBED_SITES", "shop.example.com", ORIGINS),
    ("PORTAL_EMBED_SITES", "https://shop.example.com/page", ORIGINS),
    ("PORTAL_EMBED_SITES", "https://shop.example.com/", ORIGINS),
    ("PORTAL_EMBED_SITES", "https://*.example.com", ORIGINS),
    ("PORTAL_EMBED_SITES", "https://shop.example.com,https://other.example", ORIGINS),
    ("PORTAL_EMBED_SITES", "https://shop.example.com;script-src *", ORIGINS),
    ("PORTAL_EMBED_SITES", "https://магазин.укр", "in Latin letters"),
    ("PORTAL_EMBED_SITES", "http://shop.example.com", "on https unless on this machine itself"),
    ("PORTAL_HANDOVER_KEYS", "n" * 40, PAIRS),
    ("PORTAL_HANDOVER_KEYS", "shop1:short", PAIRS),
    ("PORTAL_SHOP_NAME", "   ", "should be the shop's name"),
    ("PORTAL_SHOP_NAME", "a\nshop", "should be the shop's name"),
    ("PORTAL_SHOP_URL", "javascript:alert(1)", HTTP),
    ("PORTAL_REFUND_POLICY_URL", "/refunds", HTTP),
    ("PORTAL_PAYMENT_POLICY_URL", "payments", HTTP),
    ("PORTAL_TIMEZONE", "Mars", "should be the name of a time zone"),
    ("PORTAL_TIMEZONE", "Europe", "should be the name of a time zone"),
    ("PORTAL_TIMEZONE", "/etc/localtime", "should be the name of a time zone"),
    ("PORTAL_SECRET_KEYS", "   ", PAIRS),
    ("PORTAL_SECRET_KEYS", "n" * 40, PAIRS),
    ("PORTAL_SECRET_KEYS", "new:short", PAIRS),
    ("PORTAL_SECRET_KEYS", "a.b:" + "n" * 32, PAIRS),
    ("PORTAL_SECRET_KEYS", f"{KEYS} {KEYS}", "no id twice"),
    ("PORTAL_DATABASE_URL", "mysql://localhost/portal", DATABASE),
    ("PORTAL_DATABASE_URL", "postgresql://localhost/portal", DATABASE),
    ("PORTAL_DATABASE_URL", "postgresql+psycopg://localhost:many/portal", DATABASE),
    ("PORTAL_DATABASE_URL", "sqlite:///portal.sqlite", DATABASE),
    ("PORTAL_DATABASE_URL", "sqlite://", DATABASE),
    ("PORTAL_LIMITS", "filings_browser", LIMITS),
    ("PORTAL_LIMITS", "filings_browser=5", LIMITS),
    ("PORTAL_LIMITS", "filings_browser=0/3600", LIMITS),
    ("PORTAL_LIMITS", "filings_browser=5/0", LIMITS),
    ("PORTAL_LIMITS", "filings_browser=-5/3600", LIMITS),
    ("PORTAL_LIMITS", "off", LIMITS),
    ("PORTAL_LIMITS", "filings=5/3600", "should be limits of these names: filings_address"),
    ("PORTAL_PANEL_KIND", "api-v3", "should be by-hand or api-v2"),
    ("PORTAL_PANEL_URL", "panel.example.com", PANEL),
    ("PORTAL_PANEL_URL", "https://panel.example.com/api/v2?key=1", PANEL),
    ("PORTAL_PANEL_URL", "https://user:hunter2@panel.example.com", PANEL),
    ("PORTAL_PANEL_URL", "https://панель.укр", "in Latin letters"),
    ("PORTAL_PANEL_URL", "http://panel.example.com", "should be https:// unless the host is this machine"),
    ("PORTAL_PANEL_KEY", "hunter2", PANEL_KEY),
    ("PORTAL_PANEL_KEY", "hunter2 hunter2", PANEL_KEY),
    ("PORTAL_PANEL_KEY", "k" * 201, PANEL_KEY),
    ("PORTAL_PANEL_KEY", "ключ" * 4, PANEL_KEY),
    ("PORTAL_METRICS_TOKEN", "m" * 31, TOKEN),
    ("PORTAL_METRICS_TOKEN", "m" * 201, TOKEN),
    ("PORTAL_METRICS_TOKEN", "hunter2 " * 5, TOKEN),
    ("PORTAL_PROXIES", "many", COUNT),
    ("PORTAL_PROXIES", "-1", COUNT),
    ("PORTAL_PROXIES", "٣", COUNT),
    ("PORTAL_PROXIES", "10", COUNT),
]


def settings(environ: dict[str, str], var: Path) -> Settings:
    """Return the settings of this environment, with a secret key unless it has one."""
    return Settings.from_environment({"PORTAL_SECRET_KEYS": KEYS, **environ}, var)


def faults(environ: dict[str, str], var: Path) -> list[str]:
    """Return what is wrong with this environment."""
    with pytest.raises(SettingError) as raised:
        settings(environ, var)
    return raised.value.faults


@pytest.mark.parametrize(("name", "value", "should_be"), BAD)
def test_a_bad_setting_is_named_with_what_it_should_be(name: str, value: str, should_be: str, tmp_path: Path) -> None:
    fault = next(fault for fault in faults({name: value}, tmp_path) if fault.startswith(f"{name}: "))
    assert should_be in fault


def test_a_fault_never_repeats_a_value_that_may_be_secret(tmp_path: Path) -> None:
    secret = {"PORTAL_SECRET_KEYS": "k:hunter2", "PORTAL_DATABASE_URL": "mysql://u:hunter2@localhost"}
    found = faults({**secret, "PORTAL_PANEL_KEY": "hunter2", "PORTAL_METRICS_TOKEN": "hunter2"}, tmp_path)
    assert len(found) == 4
    assert "hunter2" not in "".join(found)


def test_settings_are_shown_without_secrets(tmp_path: Path) -> None:
    url = "postgresql+psycopg://u:hunter2@localhost/p"
    secret = {"PORTAL_PANEL_KEY": "hunter2hunter2", "PORTAL_METRICS_TOKEN": "hunter2" * 5}
    shown = repr(settings({"PORTAL_DATABASE_URL": url, **secret}, tmp_path))
    assert "hunter2" not in shown
    assert "nnn" not in shown


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    assert len(faults({"PORTAL_TIMEZONE": "Mars", "PORTAL_PROXIES": "many", "PORTAL_X": "1"}, tmp_path)) == 3


def test_an_unknown_setting_is_refused_and_the_nearest_one_named(tmp_path: Path) -> None:
    assert faults({"PORTAL_TIME_ZONE": "Europe/Kyiv"}, tmp_path) == [
        "PORTAL_TIME_ZONE: is not a setting of the portal; the nearest is PORTAL_TIMEZONE"
    ]


def test_variables_of_others_are_left_alone(tmp_path: Path) -> None:
    assert settings({"PATH": "/bin", "PORT": "80"}, tmp_path)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert settings({"PORTAL_REFUND_POLICY_URL": "", "PORTAL_PROXIES": ""}, tmp_path) == settings({}, tmp_path)


def test_an_https_address_needs_the_number_of_proxies_told(tmp_path: Path) -> None:
    [fault] = faults({"PORTAL_PUBLIC_URL": "https://help.example.com"}, tmp_path)
    assert fault.startswith("PORTAL_PROXIES: should be set where PORTAL_PUBLIC_URL is https")


@pytest.mark.parametrize("proxies", [0, 1])
def test_an_https_address_is_the_only_trusted_host(proxies: int, tmp_path: Path) -> None:
    told = {"PORTAL_PUBLIC_URL": "HTTPS://Help.example.com:8443/", "PORTAL_PROXIES": str(proxies)}
    found = settings(told, tmp_path)
    assert (found.public_url, found.https, found.proxies) == ("https://help.example.com:8443", True, proxies)
    assert found.hosts == ["help.example.com"]


@pytest.mark.parametrize("url", ["", "http://localhost:9000", "http://[::1]:8000/"])
def test_on_this_machine_all_names_of_it_are_trusted(url: str, tmp_path: Path) -> None:
    found = settings({"PORTAL_PUBLIC_URL": url}, tmp_path)
    assert found.hosts == ["127.0.0.1", "localhost", "[::1]"]
    assert not found.https


@pytest.mark.parametrize("end", ["", "/", "/api/v2", "/api/v2/"])
@pytest.mark.parametrize("site", ["https://panel.example.com", "http://127.0.0.1:9000", "https://example.com/panel"])
def test_the_panel_is_named_with_or_without_the_path_of_its_api(site: str, end: str, tmp_path: Path) -> None:
    told = {"PORTAL_PANEL_KIND": "api-v2", "PORTAL_PANEL_URL": site + end, "PORTAL_PANEL_KEY": "k" * 32}
    assert settings(told, tmp_path).panel_url == site


def test_a_panel_that_is_spoken_with_needs_an_address_and_a_key(tmp_path: Path) -> None:
    [fault] = faults({"PORTAL_PANEL_KIND": "api-v2", "PORTAL_PANEL_URL": "https://panel.example.com"}, tmp_path)
    assert fault == "PORTAL_PANEL_KEY: should be set where PORTAL_PANEL_KIND is api-v2"
    [both] = faults({"PORTAL_PANEL_KIND": "api-v2"}, tmp_path)
    assert [line.partition(":")[0] for line in both.splitlines()] == ["PORTAL_PANEL_URL", "PORTAL_PANEL_KEY"]


def test_a_limit_that_is_not_named_keeps_its_numbers(tmp_path: Path) -> None:
    limits = settings({"PORTAL_LIMITS": "filings_browser=1/60"}, tmp_path).limits
    assert limits == Limits()._replace(filings_browser=Limit(times=1, seconds=60))


def test_limits_are_read_as_they_are_written(tmp_path: Path) -> None:
    assert settings({"PORTAL_LIMITS": str(Limits())}, tmp_path).limits == Limits()


def test_keys_come_newest_first(tmp_path: Path) -> None:
    found = settings({"PORTAL_SECRET_KEYS": f"k2:{'b' * 40}  {KEYS}"}, tmp_path)
    assert found.secret_keys == (SecretKey("k2", "b" * 40), SecretKey("new", "n" * 32))


def test_without_keys_the_start_is_refused_and_says_who_makes_them(tmp_path: Path) -> None:
    [fault] = faults({"PORTAL_SECRET_KEYS": ""}, tmp_path)
    assert fault == f"PORTAL_SECRET_KEYS: should be set, or made in {tmp_path}/secret-keys by `make run`"


def test_secrets_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    make_secrets(tmp_path / "var")
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var" / "secret-keys").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret-keys"]
    [key] = settings({"PORTAL_SECRET_KEYS": ""}, tmp_path / "var").secret_keys
    assert len(key.secret) >= 32


def test_secrets_differ_from_one_portal_to_the_next(tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_secrets(tmp_path / name)
    assert (tmp_path / "one" / "secret-keys").read_text() != (tmp_path / "two" / "secret-keys").read_text()


def test_secrets_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "secret-keys").write_text(KEYS)
    make_secrets(tmp_path)
    assert (tmp_path / "secret-keys").read_text() == KEYS


def test_a_damaged_file_of_secrets_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret-keys").write_bytes(b"\xff\x00")
    [fault] = faults({"PORTAL_SECRET_KEYS": ""}, tmp_path)
    assert fault.startswith(f"PORTAL_SECRET_KEYS (read from {tmp_path}/secret-keys): {PAIRS}")


def test_the_database_is_a_file_under_var_unless_set(tmp_path: Path) -> None:
    assert settings({}, tmp_path).database_url == f"sqlite:///{tmp_path}/portal.sqlite"


def test_the_table_of_settings_is_whole() -> None:
    rows = {names(row[0])[0]: row[1] for row in table(ROOT / "docs" / "running.md", "name") if len(row) == 3}
    assert rows.keys() == {f"PORTAL_{name.upper()}" for name in Settings.model_fields}, "mend docs/running.md"


def test_the_table_of_settings_tells_what_each_is_unless_set() -> None:
    rows = {names(row[0])[0]: row[1] for row in table(ROOT / "docs" / "running.md", "name") if len(row) == 3}
    fixed = {name: field.default for name, field in Settings.model_fields.items() if not field.is_required()}
    shown = {name: str(value).replace(str(VAR), "var") for name, value in fixed.items()}
    told = {
        f"PORTAL_{name.upper()}": "not set" if value in (None, ()) else f"`{shown[name]}`"
        for name, value in fixed.items()
    }
    assert {name: rows[name] for name in told} == told, "mend docs/running.md"
    assert "`var/secret-keys`" in rows["PORTAL_SECRET_KEYS"]
    assert "`var/portal.sqlite`" in rows["PORTAL_DATABASE_URL"]
