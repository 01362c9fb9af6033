"""連携の形: one file for each shape in which an application is handed over; `ADAPTERS` is the one list of them."""

from models.papers.handover import csv_file, json_file, lines, tabbed
from models.papers.handover.adapter import Adapter, Handed

__all__ = ["ADAPTERS", "Adapter", "Handed"]

ADAPTERS: dict[str, Adapter] = {
    one.name: one for one in (tabbed.ADAPTER, lines.ADAPTER, csv_file.ADAPTER, json_file.ADAPTER)
}
"""Every shape by its name: a new one is a file with an `ADAPTER`, and its name here."""
