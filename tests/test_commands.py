"""The `flask` command line, and the commands that the documents name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from portal import staff_access
from portal.app import CONTENT
from portal.clock import now
from tests.code_reading import ROOT

OLENA = "olena@example.com"
LINK = re.compile(r"http://127\.0\.0\.1:8000/staff/setup/(\S+)")


def flask(app: Flask, *arguments: str) -> Result:
    """Run `flask` with these arguments."""
    return app.test_cli_runner().invoke(args=arguments)


def added(app: Flask, email: str = OLENA) -> Result:
    """Run `flask staff add`."""
    return flask(app, "staff", "add", email, "--name", "Olena", "--language", "uk")


def token_in(result: Result) -> str:
    """Return the token of the link that a command printed."""
    assert result.exit_code == 0, result.output
    found = LINK.search(result.output)
    assert found, result.output
    return found[1]


def works(app: Flask, token: str) -> bool:
    """Return whether a one-time link works."""
    with app.app_context():
        return staff_access.link_owner(token, now())[0]


def test_an_added_account_gets_a_link_that_works(app: Flask) -> None:
    assert works(app, token_in(added(app)))


def test_accounts_are_listed_by_address_with_what_they_are(app: Flask) -> None:
    token_in(added(app))
    token_in(added(app, "Andriy@example.com"))
    flask(app, "staff", "disable", OLENA)
    first, second = flask(app, "staff", "list").output.splitlines()
    assert first.split("\t") == ["andriy@example.com", "Olena", "uk", "active"]
    assert second.startswith(f"{OLENA}\tOlena\tuk\tdisabled 2")


def test_the_list_of_no_accounts_is_empty(app: Flask) -> None:
    assert flask(app, "staff", "list").output == ""


def test_an_address_has_one_account_whatever_its_letters(app: Flask) -> None:
    token_in(added(app))
    again = added(app, "Olena@Example.com")
    assert again.exit_code == 1
    assert again.output == f"Error: {OLENA} has an account already\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("olena", "--name", "Olena", "--language", "uk"), "the e-mail address should be such as"),
        ((OLENA, "--name", " ", "--language", "uk"), "the name should have 1 to 100"),
        ((OLENA, "--name", "Olena", "--language", "fr"), "should be one of en, uk"),
        ((OLENA, "--language", "uk"), "Missing option '--name'"),
    ],
)
def test_an_account_that_cannot_be_is_refused(app: Flask, arguments: tuple[str, ...], says: str) -> None:
    result = flask(app, "staff", "add", *arguments)
    assert result.exit_code in (1, 2)
    assert says in result.output
    assert flask(app, "staff", "list").output == ""


def test_disabling_takes_the_link_away(app: Flask) -> None:
    token = token_in(added(app))
    assert flask(app, "staff", "disable", OLENA).exit_code == 0
    assert not works(app, token)


def test_a_reset_gives_a_new_link_and_takes_the_old_one_away(app: Flask) -> None:
    old = token_in(added(app))
    new = token_in(flask(app, "staff", "reset", OLENA))
    assert (works(app, old), works(app, new)) == (False, True)


@pytest.mark.parametrize("command", ["disable", "reset"])
def test_an_unknown_account_is_told(app: Flask, command: str) -> None:
    result = flask(app, "staff", command, OLENA)
    assert result.exit_code == 1
    assert result.output == f"Error: {OLENA} has no account\n"


def test_whole_content_is_said_to_be_whole(app: Flask) -> None:
    result = flask(app, "content", "check")
    assert result.exit_code == 0
    assert "is whole" in result.output
    assert "en, uk" in result.output


def test_broken_content_is_named_by_file_and_place(app: Flask, tmp_path: Path) -> None:
    folder = shutil.copytree(CONTENT, tmp_path / "content")
    with (folder / "en.toml").open("a", encoding="utf-8") as words:
        words.write("\n[nonsense]\nid = 1\n")
    result = flask(app, "content", "check", str(folder))
    assert result.exit_code == 1
    assert "en.toml: nonsense" in result.output


def test_a_folder_that_is_not_there_is_told(app: Flask, tmp_path: Path) -> None:
    assert flask(app, "content", "check", str(tmp_path / "none")).exit_code == 2


def test_the_database_can_be_brought_up_to_date_by_command(app: Flask) -> None:
    assert flask(app, "db", "upgrade").exit_code == 0


def test_each_command_that_the_documents_name_exists(app: Flask) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    groups = {name: set(getattr(group, "commands", ())) for name, group in app.cli.commands.items()}
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = document.read_text(encoding="utf-8")
        made = set(re.findall(r"(?:^|^ {4}.*|`)make ([a-z]+)", text, re.MULTILINE))
        assert made <= targets, f"{document.name} names what the Makefile does not have: {made - targets}"
        for group, command in re.findall(r"\bflask ([a-z]+) ([a-z]+)", text):
            assert command in groups.get(group, ()), f"{document.name}: flask {group} {command} does not exist"


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme


def test_the_list_of_commands_names_those_that_people_use() -> None:
    listed = re.findall(r"^([a-z-]+):.*## \w", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == ["help", "run", "demo", "install", "check", "test", "bench", "bench-full", "bench-document"]
