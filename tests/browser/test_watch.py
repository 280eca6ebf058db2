"""The watch over a browser's pages itself: it sees what a page must not do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.server import Portal
from tests.browser.tab import Watch, axe, no_sideways_scroll

BAD_PAGE = """<!doctype html><title>Bad</title><div style="width: 2000px"><input></div>"""


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("console.error('broken')", "broken"),
        ("setTimeout(() => { throw Error('thrown') })", "thrown"),
        ("fetch('http://127.0.0.2:9/').catch(() => 0)", "Content Security Policy"),
        ("fetch('/nothing')", "404"),
    ],
)
def test_a_page_that_complains_breaks_or_asks_elsewhere_is_seen(
    chromium: Browser, portal: Portal, script: str, fault: str
) -> None:
    with chromium.new_context(base_url=portal.url) as context:
        watch, page = Watch(context, portal.url), context.new_page()
        page.goto("/en/cancellation")
        page.evaluate(f"() => {{ {script} }}")
        page.evaluate("() => new Promise(done => setTimeout(done, 200))")
    assert [seen for seen in watch.faults if fault in seen], watch.faults


def test_a_page_without_a_policy_that_asks_elsewhere_is_seen(chromium: Browser, portal: Portal) -> None:
    with chromium.new_context() as context:
        watch, page = Watch(context, portal.url), context.new_page()
        page.set_content("<!doctype html><title>Bad</title><img src='http://127.0.0.2:9/a.png' alt=''>")
    assert "asked another host: http://127.0.0.2:9/a.png" in watch.faults


def test_an_error_page_is_no_complaint(chromium: Browser, portal: Portal) -> None:
    with chromium.new_context(base_url=portal.url) as context:
        watch, page = Watch(context, portal.url), context.new_page()
        page.goto("/nothing")
        axe(page)
    assert watch.faults == []


def test_axe_and_the_ruler_name_what_they_find(chromium: Browser) -> None:
    with chromium.new_context(viewport={"width": 360, "height": 800}) as context:
        page = context.new_page()
        page.set_content(BAD_PAGE)
        with pytest.raises(AssertionError, match="label: Form elements must have labels"):
            axe(page)
        with pytest.raises(AssertionError, match="scrolls sideways"):
            no_sideways_scroll(page)
