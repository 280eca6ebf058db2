#!/bin/sh
# nginx, wrk, PostgreSQL and Chromium for the measures, through the package manager, where they are missing; with
# `document`, what a machine inside this one needs besides.
set -eu

missing=
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || missing="$missing nginx"
command -v wrk >/dev/null || missing="$missing wrk"
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v chromium >/dev/null || missing="$missing chromium"
if [ "${1:-}" = document ]; then
  command -v systemd-nspawn >/dev/null || missing="$missing systemd-container"
  [ -e /sbin/init ] || missing="$missing systemd-sysv"
  command -v update-ca-certificates >/dev/null || missing="$missing ca-certificates"
  python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
fi
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then as_root=sudo; fi
if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
  echo "The measures need:$missing. Install them (with apt-get, as root), then run it again." >&2
  exit 1
fi

echo "Installing$missing …"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
