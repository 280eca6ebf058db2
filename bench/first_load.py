"""What a browser loads that opens the policy page for the first time: `python -m bench.first_load`."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import click
from playwright.sync_api import Browser, sync_playwright

from bench.databases import databases, folder
from bench.portals import answering, portal
from bench.table import Row, at_most, markdown
from tests.browser.conftest import FLAGS

MOST_KB, MOST_REQUESTS = 30.0, 4
LANGUAGES = ("uk", "en")


def measure() -> list[Row]:
    """Return the lines of the bytes on the wire, headers included, and of the requests: those of the larger page."""
    with folder() as at, databases("sqlite", at) as found, found.migrated() as url:
        server = portal(url, at)
        with answering(server), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS])
            loads = [_load(browser, f"{server.url}/{language}/cancellation") for language in LANGUAGES]
            browser.close()
    return [
        at_most("first load of the policy page, on the wire", max(map(sum, loads)) / 1000, MOST_KB, "kB"),
        at_most("first load of the policy page, requests", max(map(len, loads)), MOST_REQUESTS),
    ]


def _load(browser: Browser, address: str) -> list[int]:
    """Return the bytes of each answer."""
    context = browser.new_context()
    page, sizes = context.new_page(), list[int]()
    wire = context.new_cdp_session(page)

    def finished(event: Mapping[str, Any]) -> None:
        sizes.append(int(event["encodedDataLength"]))

    wire.on("Network.loadingFinished", finished)
    wire.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    context.close()
    return sizes


@click.command()
def main() -> None:
    """Measure the first load."""
    click.echo(markdown(measure()))


if __name__ == "__main__":
    main()
