"""The worker: a loop beside the web process that carries notices, speaks with the panel, reminds staff, sweeps."""

from __future__ import annotations

from portal.worker.loop import Worker
from portal.worker.panel_work import PanelWork
from portal.worker.stopping import stopped_by_signals

__all__ = ["PanelWork", "Worker", "stopped_by_signals"]
