"""The portal's part of the `flask` command line: staff accounts, keys, and checks of content and hand-overs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from portal import api_keys, notices, outbox, staff_access, tickets, webhooks
from portal import content as shop_content
from portal import demo as scenes
from portal import handover as hand_overs
from portal.api.scopes import Scope
from portal.clock import now
from portal.logs import log
from portal.panel import panel as panel_of
from portal.parts import portal
from portal.readings import PanelFault
from portal.worker import PanelWork, Worker, orphaned, stopped_by_signals

staff = AppGroup("staff", help="Staff accounts: add, list, disable, reset.")
content = AppGroup("content", help="The policy and its words in content/.")
key = AppGroup("key", help="Keys of the API: make, list, withdraw.")
webhook = AppGroup("webhook", help="Addresses of the main site that are told of changes: add, list, withdraw.")
notice = AppGroup("notices", help="Mails to customers, and messages to staff.")
panel = AppGroup("panel", help="The shop's panel.")
handover = AppGroup("handover", help="Customers handed over by the main site: what a token says.")


def register(app: Flask) -> None:
    """Attach the commands to an app."""
    app.cli.add_command(staff)
    app.cli.add_command(content)
    app.cli.add_command(handover)
    app.cli.add_command(key)
    app.cli.add_command(webhook)
    app.cli.add_command(notice)
    app.cli.add_command(panel)
    app.cli.add_command(worker)
    app.cli.add_command(demo)


@staff.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What colleagues see.")
@click.option("--language", required=True, help="The language of the account's pages, such as uk.")
def add(email: str, name: str, language: str) -> None:
    """Add an account and print the one-time link that sets its password."""
    languages = current_app.config["LANGUAGES"]
    if language not in languages:
        raise click.BadParameter(f"should be one of {', '.join(languages)}", param_hint="--language")
    with _plain_faults():
        _print_link(staff_access.add(email, name, language, now()))


@staff.command("list")
def list_accounts() -> None:
    """List the accounts."""
    for account in staff_access.listed():
        disabled = f"disabled {account.disabled_at:%Y-%m-%d %H:%M} UTC" if account.disabled_at else "active"
        click.echo(f"{account.email}\t{account.name}\t{account.language}\t{disabled}")


@staff.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Disable an account; its sessions end at once."""
    with _plain_faults():
        staff_access.disable(email, now())
    click.echo(f"{email} is disabled.")


@staff.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """End an account's sessions and print a one-time link that sets a new password."""
    with _plain_faults():
        _print_link(staff_access.reset(email, now()))


@content.command("check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """Say what is wrong with FOLDER, a policy, or with all that the portal shows (content/)."""
    shown = Path(current_app.root_path).parent / "content"
    try:
        found = shop_content.load(folder or shown / "cancellation", shop_content.Fill())
        if folder is None:
            shop_content.load_replies(shown / "replies", found.languages)
    except shop_content.ContentError as error:
        raise click.ClickException(f"{folder or shown} has faults:\n{error}") from error
    click.echo(f"{folder or shown} is whole: version {found.policy.edition.version}, in {', '.join(found.languages)}.")


@handover.command("check")
@click.argument("token")
def check_token(token: str) -> None:
    """Say whether the portal would take a hand-over's TOKEN (or link) now, or why not; the token is not used."""
    token = token.rpartition("order=")[2]
    settings = portal().settings
    if not settings.handover_keys:
        raise click.ClickException("PORTAL_HANDOVER_KEYS is not set here: run this with the portal's own variables")
    keys = {key.id: key.secret for key in settings.handover_keys}
    try:
        found = hand_overs.read(token, keys, now(), settings.public_url)
    except hand_overs.Unusable as fault:
        raise click.ClickException(f"The token is not taken ({fault.fault}): {fault}") from fault
    if tickets.of_handover(found.id):
        raise click.ClickException("The token is not taken (used): a request was filed with it")
    told = found.told
    click.echo("The token is taken; it says:")
    for name in told.names():
        click.echo(f"{name}\t{getattr(told, name)}")


@key.command("make")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do.",
)
def make_key(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key named NAME (what it is for) and print it: it can be seen this once."""
    with _plain_faults():
        made = api_keys.make(name, map(Scope, scopes), now())
    click.echo(f"This key works from now on. It cannot be shown again:\n{made}")


@key.command("list")
def list_keys() -> None:
    """List the keys by their numbers."""
    for made in api_keys.listed():
        ended = f"withdrawn {made.withdrawn_at:%Y-%m-%d %H:%M} UTC" if made.withdrawn_at else "works"
        click.echo(f"{made.id}\t{made.name}\t{made.scopes}\t{made.made_at:%Y-%m-%d %H:%M} UTC\t{ended}")


@key.command("withdraw")
@click.argument("number", type=click.IntRange(1, 2**31))
def withdraw_key(number: int) -> None:
    """Withdraw the key of this NUMBER; it works no longer."""
    with _plain_faults():
        withdrawn = api_keys.withdraw(number, now())
    click.echo(f"Key {number} ({withdrawn.name}) is withdrawn.")


@webhook.command("add")
@click.argument("url")
def add_webhook(url: str) -> None:
    """Have URL called when a ticket's state changes, and print the secret that signs the calls."""
    with _plain_faults():
        added, secret = webhooks.add(url, portal().keys, now())
    click.echo(f"Webhook {added.id} is called from now on. Its secret cannot be shown again:\n{secret}")


@webhook.command("list")
def list_webhooks() -> None:
    """List the webhooks by their numbers."""
    for added in webhooks.listed():
        ended = f"withdrawn {added.withdrawn_at:%Y-%m-%d %H:%M} UTC" if added.withdrawn_at else "is called"
        click.echo(f"{added.id}\t{added.url}\t{added.made_at:%Y-%m-%d %H:%M} UTC\t{ended}")


@webhook.command("withdraw")
@click.argument("number", type=click.IntRange(1, 2**31))
def withdraw_webhook(number: int) -> None:
    """Call the webhook of this NUMBER no longer."""
    with _plain_faults():
        webhooks.withdraw(number, now())
    click.echo(f"Webhook {number} is withdrawn.")


@notice.command("test")
@click.option("--mail", help="Send a mail to this address too.")
def test_notices(mail: str | None) -> None:
    """Sign in to the mail server, send a line to each channel of staff, and say of each whether it works."""
    carried = notices.ways(portal().settings, portal().keys)
    found = list(carried.tried())
    if mail:
        found.append(notices.Tried(id="", shown=mail, result=carried.try_mail(mail, now())))
    for way in found:
        fault = way.result.fault
        click.echo(f"{way.shown}\t{f'{fault}: {way.result.detail}' if fault else 'works'}")
    if any(way.result.fault for way in found):
        raise click.ClickException("not all of them work")


@panel.command("check")
@click.argument("order_id", required=False)
def check_panel(order_id: str | None) -> None:
    """Say whether the panel answers the portal, and what it says of an order of this ORDER_ID."""
    asked = panel_of(portal().settings)
    if not asked.reads:
        raise click.ClickException("no panel is set (PORTAL_PANEL_KIND): staff say what it shows")
    with _plain_faults():
        asked.check()
        click.echo(f"{asked.shown}\tworks")
        for name, value in vars(asked.orders([order_id])[order_id]).items() if order_id else ():
            click.echo(f"{name}\t{value}")


@click.command("worker")
@click.option("--beside", type=int, help="End where the process of this number, which started it, is gone.")
@click.option("--held", type=float, hidden=True, help="For measuring: seconds that a notice is held, instead of 180.")
@click.option("--first-pause", type=float, hidden=True, help="For measuring: seconds of the first pause, not 60.")
@with_appcontext
def worker(beside: int | None, held: float | None, first_pause: float | None) -> None:
    """Carry notices, and speak with the panel, until told to end (SIGTERM or Ctrl-C); several may run at once."""
    stop = stopped_by_signals()
    carried = notices.ways(portal().settings, portal().keys)
    rhythm = outbox.USUAL.changed(held, first_pause)
    said = log(program="worker")
    work = PanelWork(panel_of(portal().settings), portal().content.policy, now, said)
    Worker(carried, work, now, said, rhythm).run(stop, orphaned(beside) if beside else lambda: False)


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty database with tickets to look at."""
    if not portal().settings.loopback:
        raise click.ClickException("the demonstration's accounts have a known password: not where customers come")
    if scenes.fill(portal().content.policy, portal().keys, now()):
        click.echo("The database was empty: it has the tickets of the demonstration now.")
    click.echo(f"Staff sign in as {scenes.STAFF[0][0]} with the password “{scenes.PASSWORD}”.")


@contextmanager
def _plain_faults() -> Iterator[None]:
    try:
        yield
    except (staff_access.StaffFault, api_keys.KeyFault, webhooks.WebhookFault, PanelFault) as fault:
        raise click.ClickException(str(fault)) from fault


def _print_link(token: str) -> None:
    public_url = portal().settings.public_url
    click.echo(f"This link sets the password, once, within an hour:\n{public_url}/staff/setup/{token}")
