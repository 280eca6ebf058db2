"""nginx in front of portals, by the configuration of docs/running.md: its ports and paths are made this test's own."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench import programs
from bench.programs import Program
from tests.code_reading import ROOT
from tests.fenced import files

AWAY = ROOT / "portal" / "away"
DOCUMENT = ROOT / "docs" / "running.md"
NAME = "help.example.com"
"""The portal's name in the document."""

AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
{user}
events {{ worker_connections 1024; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    gzip on;
    ssl_prefer_server_ciphers on;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""
"""What the distribution's own nginx.conf has around a site, as far as it matters."""


@dataclass(frozen=True, kw_only=True)
class Front:
    """An nginx that runs: its ports, and what its certificate is trusted by; what it wrote lies in `folder`."""

    http: int
    https: int
    folder: Path
    trusted: ssl.SSLContext

    @property
    def url(self) -> str:
        """The address by which customers reach it."""
        return f"https://{NAME}:{self.https}"

    def log(self) -> str:
        """Return what it wrote of requests and of faults."""
        return "".join((self.folder / name).read_text() for name in ("portal.log", "portal-error.log"))


def configuration(folder: Path, ports: tuple[int, int], portals: Sequence[int], *, tls: bool = True) -> str:
    """Return the document's configuration with these ports (http, https) before portals at those."""
    text = re.sub(r"^ *listen \[::\].*\n", "", files(DOCUMENT)["/etc/nginx/sites-available/portal"], flags=re.MULTILINE)
    portal = "    server 127.0.0.1:8000 max_fails=0;\n"
    own = {
        portal: "".join(portal.replace("8000", str(port)) for port in portals),
        "listen 80;": f"listen 127.0.0.1:{ports[0]};",
        "listen 443 ssl": f"listen 127.0.0.1:{ports[1]} ssl",
        f"return 301 https://{NAME}": f"return 301 https://{NAME}:{ports[1]}",
        f"/etc/letsencrypt/live/{NAME}": str(folder),
        "/var/log/nginx": str(folder),
        "/var/www/html": str(folder),
        "/opt/portal/current": str(ROOT),
    }
    if not tls:
        own[f"127.0.0.1:{ports[1]} ssl http2"] = f"127.0.0.1:{ports[1]}"
    for written, instead in own.items():
        assert written in text, f"docs/running.md: nginx's configuration has no longer {written!r}"
        text = text.replace(written, instead)
    return text


@contextmanager
def running(folder: Path, ports: tuple[int, int], portals: Sequence[int], *, tls: bool = True) -> Iterator[Front]:
    """Give nginx as the document has it (but for TLS, where it is not wanted) before portals, stopped in the end."""
    trusted = certificate(folder)
    (folder / "portal.conf").write_text(configuration(folder, ports, portals, tls=tls))
    around = folder / "nginx.conf"
    around.write_text(AROUND.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    command = [_program(), "-e", str(folder / "nginx-error.log"), "-c", str(around)]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr, tested.stderr
    nginx = Program(command, {}, folder / "nginx.log")
    with programs.running(nginx):
        nginx.wait_until(lambda: _listens(ports[1]))
        yield Front(http=ports[0], https=ports[1], folder=folder, trusted=trusted)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 10):
        return True
    return False


def certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate of our own for the portal's name, and return what trusts it."""
    made, key = folder / "fullchain.pem", folder / "privkey.pem"
    asked = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run([*asked, *named, "-keyout", key, "-out", made], check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(made))


def _program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert found, "No nginx here: install it (Debian: apt-get install nginx)"
    return found
