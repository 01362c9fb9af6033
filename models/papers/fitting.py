"""刷り見本: a form as it prints with nothing and with examples in it, and whether it still stands on its sheets."""

from __future__ import annotations

from collections.abc import Mapping

from models.catalogue.definitions import Form, StaffBlock
from models.core.messages import Message, _n, message
from models.papers.application import draw
from models.papers.layout.pages import lay_out
from models.papers.sheet import ApplicationSheet, SheetMismatch
from models.papers.verification import verify
from models.rules.forms.json_schema import example

MORE_PAPER = _n(
    "紙に収まりません。{before}枚の様式が{after}枚になります。項目を減らすか、幅（width）を狭くして並べてください。"
)
NOT_SHOWN = _n("紙に刷れません。長い題名や項目名を短くしてください。")
PRINT_ID, REFERENCE = "MIHON23456722222", "MIHON222"


def specimen(
    form: Form, blocks: Mapping[str, StaffBlock], municipality: str = "", filled: bool = False
) -> ApplicationSheet:
    """A sheet of nobody's: empty, or `filled` with the form's own examples."""
    return ApplicationSheet(
        form=form,
        staff_blocks=blocks,
        fields=example(form) if filled and not form.paper_only else {},
        municipality=municipality or "前庭市",
        addressee=f"{municipality or '前庭市'}長",
        printed_on=None,
        print_id=PRINT_ID,
        reference=REFERENCE,
    )


def refusal(form: Form, before: Form, blocks: Mapping[str, StaffBlock]) -> Message | None:
    """Why a form that was changed cannot be printed; None where it can, on no more sheets than `before`."""
    empty = specimen(form, blocks)
    sheets, were = len(lay_out(empty)), len(lay_out(specimen(before, blocks)))
    if sheets > were:
        return message(MORE_PAPER, before=were, after=sheets)
    try:
        for sheet in (empty, specimen(form, blocks, filled=True)):
            verify(draw(sheet), sheet)
    except SheetMismatch:
        return message(NOT_SHOWN)
    return None
