"""What one printed application is made of: everything that the paper shows and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.catalogue.definitions import Form, FormSection, StaffBlock
from models.core.errors import DomainError
from models.core.messages import _n
from models.rules.references import LENGTH, shown


class SheetMismatch(DomainError):
    """The sheet cannot be drawn or does not show exactly what was asked for; nothing is released, nobody named."""

    status = 503
    kind = "sheet-mismatch"
    default = _n("印刷する内容を確かめられませんでした。印刷は止めました。もう一度お試しください。")


@dataclass(frozen=True)
class ApplicationSheet:
    """One print of one application.

    `printed_on` is the office day written as 届出年月日, None leaves it to be written by hand. `print_id` belongs
    to this print alone, `copy_number` is n for the n-th 再発行 and 0 for the first print. `edition` is the
    catalogue edition that the form was taken from.
    """

    form: Form
    staff_blocks: Mapping[str, StaffBlock]
    fields: Mapping[str, Any]
    municipality: str
    addressee: str
    printed_on: date | None
    print_id: str
    reference: str
    copy_number: int = 0
    edition: str = ""

    @property
    def shown_reference(self) -> str:
        """The human reference as people read it."""
        return shown(self.reference) if len(self.reference) == LENGTH else self.reference

    def rows(self, section: FormSection) -> list[Any]:
        """The rows of a section that repeats: objects, or plain values where one field repeats alone."""
        found = self.fields.get(section.list_key) if section.list_key else None
        return list(found) if isinstance(found, list) else []
