"""Measurements of the portal as it runs: real processes, real servers, and what came of it."""
