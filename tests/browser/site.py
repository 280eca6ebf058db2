"""Another site: a server of its own on this machine, whose pages show the policy and allow next to nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.code_reading import ROOT
from tests.postgresql import free_port

DOCUMENT = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
THE_PORTAL = "https://help.example.com"
"""The portal's address in the document."""

BLOCKS = re.compile(r"^```(\w+)\n(.*?)\n```", re.MULTILINE | re.DOTALL)
STYLE = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 1200px; padding: 16px; font: 16px/1.5 sans-serif; }
"""
PAGE = """<!doctype html>
<html lang="{language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>The shop</title>
  <link rel="stylesheet" href="{style}">
</head>
<body>
<main>
<h1>The shop</h1>
<p id="above">What stands above.</p>
{body}
<p id="below">What stands below.</p>
</main>
</body>
</html>
"""


def _block(kind: str, begins: str) -> str:
    """Return the block of the document that is of a kind and begins so."""
    blocks = ((str(found), str(text)) for found, text in BLOCKS.findall(DOCUMENT))
    return next(text for found, text in blocks if found == kind and text.startswith(begins))


class Lines:
    """The lines that the document gives to sites, with a portal's address put in."""

    def __init__(self, portal: str) -> None:
        script, _, element = _block("html", "<script").replace(THE_PORTAL, portal).partition("\n")
        self.script = script
        self._element = element
        self._frame = _block("html", "<iframe").replace(THE_PORTAL, portal)

    def element(self, language: str = "uk", theme: str = "auto") -> str:
        """Return the element, as the document shows it, in a language and theme."""
        address = self._element.replace("/uk/", f"/{language}/")
        return address.replace('lang="uk"', f'lang="{language}"').replace('theme="auto"', f'theme="{theme}"')

    def whole(self, language: str = "uk", theme: str = "auto") -> str:
        """Return the script and the element, as the document shows them together."""
        return f"{self.script}\n{self.element(language, theme)}"

    def frame(self, more: str = "", query: str = "") -> str:
        """Return the plain frame in English, with further attributes and a query or a place in its address."""
        return self._frame.replace('/uk/cancellation/embed"', f'/en/cancellation/embed{query}" {more}')


class Site:
    """A running site. The portal lets it show the policy at one of its two addresses, and refuses the other."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.refused = f"http://127.0.0.1:{port}"
        self.answers: dict[str, tuple[str, str, str]] = {}
        self._style("/plain.css", STYLE)
        self._style("/site.css", STYLE + _block("css", "@media"))

    def page(self, body: str, portal: str, *, language: str = "en", style: str = "/site.css") -> str:
        """Serve a page with this in the middle; return its path. Its policy allows what the document asks for."""
        path = f"/{len(self.answers)}"
        allowed = f"default-src 'none'; script-src {portal}; frame-src {portal} {self.refused}; style-src 'self'"
        self.answers[path] = ("text/html", PAGE.format(body=body, language=language, style=style), allowed)
        return path

    def _style(self, path: str, rules: str) -> None:
        self.answers[path] = ("text/css", rules, "default-src 'none'")


@contextmanager
def running() -> Iterator[Site]:
    """Serve a site on a free port; stop it in the end."""
    port = free_port()
    site = Site(port)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body, policy = site.answers[self.path.partition("?")[0]]
            sent = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(sent)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", port), Answers) as server:
        serving = Thread(target=server.serve_forever)
        serving.start()
        try:
            yield site
        finally:
            server.shutdown()
            serving.join()
