"""Render notebooks as a site of plain pages that opens from a folder, offline."""

from ruspak_nb.report.site import FORMS, build_report

__all__ = ["FORMS", "build_report"]
