"""The policy and the prepared answers: checked."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal import content as shop_content

content = AppGroup("content", help="The policy and its words in content/.")


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
