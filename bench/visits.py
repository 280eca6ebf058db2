"""What a customer and a member of staff do at a site, for whoever tries one out: `python -m bench.visits` COMMAND.

The site is https://help.example.com on this machine; its portal has the secret keys of the tests.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import click

from tests.build import upload
from tests.colleague import PASSWORD
from tests.filing import page_of, secret_path, sent_with
from tests.nginx import NAME
from tests.over_the_wire import Line
from tests.visitor import Visitor

HTTPS = 443


@click.group()
@click.option("--trusted", type=click.Path(exists=True, path_type=Path), required=True, help="The site's certificate.")
@click.pass_context
def main(context: click.Context, trusted: Path) -> None:
    """Visit the site."""
    line = Line(HTTPS, trusted=ssl.create_default_context(cafile=str(trusted)))
    context.obj = Visitor(line, base_url=f"https://{NAME}")


@main.command()
@click.argument("order")
@click.pass_obj
def file(visitor: Visitor, order: str) -> None:
    """File a ticket with a screenshot, and print its secret link's path."""
    answer = sent_with(visitor, upload(), order_id=order)
    assert answer.status == 303, answer.errors
    click.echo(secret_path(visitor.visit(str(answer.location))))


@main.command()
@click.argument("link")
@click.argument("order")
@click.pass_obj
def look(visitor: Visitor, link: str, order: str) -> None:
    """Open a secret link, which must lead to the ticket of this order."""
    page = visitor.visit(link)
    assert order in page.text, page.text
    click.echo(page_of(page))


@main.command()
@click.argument("link")
@click.argument("order")
@click.pass_obj
def miss(visitor: Visitor, link: str, order: str) -> None:
    """Open a secret link, which must lead nowhere."""
    assert order not in visitor.visit(link, status=404).text


@main.command("set-up")
@click.argument("link")
@click.pass_obj
def set_up(visitor: Visitor, link: str) -> None:
    """Make the first account by its one-time link, and open the list of tickets."""
    named = {"email": "olena@example.com", "name": "Olena", "language": "uk"}
    answer = visitor.send(link, {**named, "password": PASSWORD})
    assert answer.status == 303, answer.errors
    click.echo(visitor.visit("/staff/").h1)


if __name__ == "__main__":
    main()
