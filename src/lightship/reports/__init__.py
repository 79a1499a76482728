"""What people and programs get to see. One file per format; nothing here measures or decides."""

from lightship.reports import json_report
from lightship.reports.optimization import optimization_text
from lightship.reports.terminal import measurements, printed

__all__ = ["json_report", "measurements", "optimization_text", "printed"]
