"""A machine inside this one: systemd and all, on a copy of this machine's files that is gone afterwards. Root only.

It has a network of its own, on which it is alone, and the packages of this machine. What it is given lies in its folder
`/given`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.programs import ROOT, Program, running

BOOTS_WITHIN = 120
NOT_INSIDE = (
    "systemd-udevd",
    "systemd-udev-trigger",
    "systemd-timesyncd",
    "systemd-networkd",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "cron",
    "ssh",
)
"""Services of this machine that are not to start by themselves inside."""
BOOT = """
set -eu
mkdir -p upper/etc/systemd/system work root
mkdir -p upper/etc/apt/apt.conf.d
echo 'APT::Get::Upgrade "false";' > upper/etc/apt/apt.conf.d/99inside
for unit in {masked}; do ln -s /dev/null "upper/etc/systemd/system/$unit"; done
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
exec systemd-nspawn --directory=root --machine={name} --register=no --keep-unit --boot \\
  --private-network --bind=given:/given
"""


class Failed(Exception):
    """A command inside failed; the message is what it printed."""


class Machine:
    """A machine that runs."""

    def __init__(self, init: int) -> None:
        self._init = init

    def run(self, script: str) -> str:
        """Run a shell script inside, as root; return what it printed. Raises `Failed`."""
        return self._entered(["--all", "/usr/bin/env", "-i", *ENVIRONMENT, "/bin/bash", "-euo", "pipefail"], script)

    def visit(self, module: str, *arguments: str) -> str:
        """Run a module of this project, out here but on the machine's network; return what it printed."""
        return self._entered(["--net", f"{ROOT}/.venv/bin/python", "-m", module, *arguments])

    def write(self, path: str, text: str, mode: str = "0644") -> None:
        """Write a file inside."""
        given = self.run(f"install -D -m {mode} /dev/null '{path}'") or text
        self._entered(["--all", "/usr/bin/tee", path], given)

    def _entered(self, command: Sequence[str], given: str = "") -> str:
        done = subprocess.run(
            ["nsenter", "--target", str(self._init), *command],
            input=given,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"{given or command}\nended with {done.returncode}:\n{done.stdout}")
        return done.stdout


ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
    "PIP_NO_INDEX=1",
    "PIP_FIND_LINKS=/given/wheels",
)


@contextmanager
def booted(folder: Path) -> Iterator[Machine]:
    """Give a machine that has booted, with `folder/given` as its `/given`, stopped in the end."""
    masked = " ".join(name if "." in name else f"{name}.service" for name in NOT_INSIDE)
    command = [
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "sh",
        "-c",
        f"cd {folder}\n{BOOT.format(masked=masked, name=_name(folder))}",
    ]
    outer = Program(command, {}, folder / "boot.log")
    with running(outer):
        outer.wait_until(lambda: bool(_init_of(outer)), BOOTS_WITHIN)
        machine = Machine(_init_of(outer)[0])
        outer.wait_until(lambda: _is_up(machine), BOOTS_WITHIN)
        yield machine
    shutil.rmtree(Path("/run/systemd/nspawn/propagate", _name(folder)), ignore_errors=True)


def _init_of(outer: Program) -> list[int]:
    """Return the number of the machine's first process, once there is one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            said = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
            if int(said["PPid"]) == outer.pid and said["NSpid"].split()[1:] == ["1"]:
                found.append(int(folder.name))
    return found


def _is_up(machine: Machine) -> bool:
    try:
        return machine.run("systemctl is-system-running --wait || :").strip() in ("running", "degraded")
    except Failed:
        return False


def _name(folder: Path) -> str:
    return folder.name.replace("_", "-").strip("-")
