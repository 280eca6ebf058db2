#!/bin/sh
# Chromium, PostgreSQL, nginx, wrk, faketime, PHP, Node and more for the tests, through the package manager, where missing.
set -eu

missing=
command -v chromium >/dev/null || missing="$missing chromium"
[ -n "${TEST_POSTGRESQL_URL:-}" ] || command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
  missing="$missing postgresql"
PATH="$PATH:/usr/sbin" command -v nginx >/dev/null || missing="$missing nginx"
command -v openssl >/dev/null || missing="$missing openssl"
command -v systemd-analyze >/dev/null || missing="$missing systemd"
command -v wrk >/dev/null || missing="$missing wrk"
command -v faketime >/dev/null || missing="$missing faketime"
command -v php >/dev/null || missing="$missing php-cli"
command -v node >/dev/null || missing="$missing nodejs"
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then as_root=sudo; fi
if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
  echo "The tests need:$missing. Install them (with apt-get, as root), then run 'make test' again." >&2
  exit 1
fi

echo "Installing$missing …"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
