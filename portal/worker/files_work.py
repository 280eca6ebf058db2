"""What the worker does with screenshots that lie elsewhere: finds out whether the store works, and sweeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from portal import evidence, outbox
from portal.files import Files, Unreachable, Why, try_out
from portal.outbox import Fault
from portal.worker.jobs import Every

FILES = "files"
FAULTS = {Why.UNREACHABLE: Fault.UNREACHABLE}
"""What staff are told of a fault; of all others, that the server did not take it."""


class FilesWork:
    """The worker's part, where screenshots lie elsewhere; `checked` names what is found out here."""

    checked = (FILES,)

    def __init__(self, files: Files, clock: Callable[[], datetime], log: Any) -> None:
        self._files, self._clock, self._log = files, clock, log
        self._works = False
        self._jobs = (Every(timedelta(minutes=10), self._check), Every(timedelta(minutes=1), self._sweep))

    def turn(self) -> None:
        """Do what is due."""
        for job in self._jobs:
            job.run_where_due(self._clock())

    def _check(self) -> None:
        """Find out whether the store keeps, gives back and deletes a file, and record it."""
        try:
            try_out(self._files)
        except Unreachable as fault:
            self._failed(fault)
        else:
            outbox.record_check(FILES, self._files.shown, self._clock(), None)
            if not self._works:
                self._works = True
                self._log.info("files are kept", files=self._files.shown)

    def _sweep(self) -> None:
        if not self._works:
            return
        try:
            swept = evidence.sweep_elsewhere(self._files, self._clock())
        except Unreachable as fault:
            self._failed(fault)
        else:
            if swept:
                self._log.info("files swept", files=swept)

    def _failed(self, fault: Unreachable) -> None:
        """Let the store rest until the next check."""
        self._works = False
        self._log.warning("files are not kept", files=self._files.shown, fault=fault.why, code=fault.code)
        found = FAULTS.get(fault.why, Fault.NOT_NOW)
        outbox.record_check(FILES, self._files.shown, self._clock(), found, fault.code)
