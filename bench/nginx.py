"""nginx on a free port of this machine, with the configuration of whoever starts it."""

from __future__ import annotations

from pathlib import Path

from bench.portals import HOST, PROCESSES, Server
from tests.postgresql import free_port

FRAME = """\
user root;
worker_processes {processes};
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type text/html;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{port};
{inside}
    }}
}}
"""
"""`user` is heeded where root starts it, and then lets it read a folder that is root's alone."""


def nginx(inside: str, folder: Path, path: str, port: int = 0) -> Server:
    """Return a server, not yet started: `inside` stands in its `server` block, `path` answers 200 once it is ready."""
    port = port or free_port()
    written = folder / "nginx.conf"
    written.write_text(FRAME.format(processes=PROCESSES, folder=folder, host=HOST, port=port, inside=inside))
    command = ["/usr/sbin/nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(written)]
    return Server(command, {}, folder / "nginx.log", port, path)
