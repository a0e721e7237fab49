"""Render notebooks as a site of plain pages that opens from a folder, offline."""

from ruspak_nb.report.site import build_report

__all__ = ["build_report"]
