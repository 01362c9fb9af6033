"""Sections onto pages: the first sheet by the data's shares, further sheets for more people or longer answers."""

from __future__ import annotations

from collections.abc import Sequence

from models.papers.answers import all_texts, printed
from models.papers.glyphs import face
from models.papers.layout.canvas import ANSWER_SIZE, FRAME, Box, Canvas, lines_needed
from models.papers.layout.cells import LABEL_SHADE
from models.papers.layout.parts import Part, shared_out
from models.papers.layout.people import People
from models.papers.layout.sections import STRIP, WIDTH, Block, block_of, wording_block
from models.papers.name_font import names_of
from models.papers.sheet import ApplicationSheet
from models.rules.forms import packing
from models.rules.wareki import to_wareki

LEFT, TOP, BOTTOM = 12.0, 10.0, 286.0
HEAD = 15.8
GAP = 0.7
PRINT_WORDS, REFERENCE_WORDS = "印刷番号", "照会番号"
_BY_HAND = "手書き確認：〓は印字できない文字です。手書きで書き入れ、字形を確かめてください："
_CODE = 15.0
_TIGHTEST = 0.93
_DATE_WORDS = (("請求", "請求年月日"), ("申請", "申請年月日"), ("届", "届出年月日"))


def lay_out(sheet: ApplicationSheet) -> list[Canvas]:
    """Every page of a sheet, complete with head and foot."""
    first = [
        _page(sheet, blocks, further=number > 0) for number, blocks in enumerate(_on_pages(_blocks(sheet)))
    ]
    pages = [*first, *_further(sheet, [entry for page in first for entry in page.continued])]
    for number, page in enumerate(pages, 1):
        _paint_foot(page, sheet, number, len(pages))
    return pages


def _further(sheet: ApplicationSheet, longer: Sequence[tuple[str, str]]) -> list[Canvas]:
    """Sheets for more people and for `longer` answers; none where there are neither.

    An entry more can make the tables lower and send one more answer to the entries: until nothing is added.
    """
    people, entries = _further_people(sheet), list(longer)
    if not people and not entries:
        return []
    while True:
        blocks = [_entry(*_who(sheet)), *people, *(_entry(label, text) for label, text in entries)]
        pages = [_page(sheet, some, further=True) for some in _on_pages(blocks)]
        added = [entry for page in pages for entry in page.continued if entry not in entries]
        if not added:
            return pages
        entries += added


def by_hand(sheet: ApplicationSheet) -> list[str]:
    """Characters of the answers that the paper cannot show as typed: staff write or check them by hand."""
    names = names_of(sheet)
    texts = (text for text in all_texts(sheet.fields) if text not in names)
    missing = (letter for text in texts for letter in face().undrawable(text))
    return list(dict.fromkeys(letter for letter in missing if letter not in "\n\r\t"))


def _blocks(sheet: ApplicationSheet) -> list[Block]:
    blocks: list[Block] = []
    wording = list(sheet.form.wording)
    unsure = by_hand(sheet)
    if unsure:
        shown = (f"{face().drawable(letter)}（U+{ord(letter[0]):04X}）" for letter in unsure)
        wording.append(_BY_HAND + "、".join(shown))
    for index, section in enumerate(sheet.form.sections):
        block = block_of(sheet, section, title_height=HEAD if index == 0 else 0)
        if block.parts:
            blocks.append(block)
        if section.id == "notice":
            blocks.append(wording_block(wording))
    if not any(section.id == "notice" for section in sheet.form.sections):
        blocks.append(wording_block(wording))
    return blocks


def _on_pages(blocks: Sequence[Block]) -> list[list[Block]]:
    """Whole blocks on as few pages as their least heights allow."""
    room = BOTTOM - TOP - HEAD
    pages: list[list[Block]] = []
    for block in blocks:
        if not pages or _least([*pages[-1], block]) * _TIGHTEST > room:
            pages.append([])
        pages[-1].append(block)
    return pages


def _least(blocks: Sequence[Block]) -> float:
    return sum(block.least for block in blocks) + GAP * (len(blocks) - 1)


def _page(sheet: ApplicationSheet, blocks: Sequence[Block], further: bool) -> Canvas:
    canvas = Canvas(names=names_of(sheet))
    _paint_head(canvas, sheet, further)
    room = BOTTOM - TOP - HEAD - GAP * (len(blocks) - 1)
    heights = shared_out(room, [(block.share, block.least, block.most) for block in blocks])
    y = TOP + HEAD
    for block, height in zip(blocks, heights, strict=True):
        block.paint(canvas, Box(LEFT, y, WIDTH, height))
        y += height + GAP
    return canvas


def _further_people(sheet: ApplicationSheet) -> list[Block]:
    """The people beyond the first sheet's, each section with all its fields again."""
    blocks: list[Block] = []
    for section in sheet.form.sections:
        rows = sheet.rows(section)
        if len(rows) <= section.repeat:
            continue
        fields = [item for item in section.fields if item.on_paper and item.repeat > 1]
        count = max(section.repeat, len(rows) - section.repeat)
        part = People.of(fields, WIDTH - STRIP).part(rows, section.repeat, count)
        blocks.append(Block(section.title, section.height_mm, (part,)))
    return blocks


def _who(sheet: ApplicationSheet) -> tuple[str, str]:
    """Whose application a further sheet belongs to: label and name."""
    names = (
        (item.label.ja, printed(item, sheet.fields.get(item.id)))
        for section in sheet.form.sections
        for item in section.singles
        if item.kind == "name"
    )
    return next((pair for pair in names if pair[1]), ("氏名", ""))


def _entry(label: str, text: str) -> Block:
    """A label and an answer of any length across the sheet."""
    least = lines_needed(text, WIDTH - 40, ANSWER_SIZE) * 6.0 + 4

    def paint(canvas: Canvas, box: Box) -> None:
        head = box.left(34)
        canvas.shade(head, LABEL_SHADE)
        canvas.frame(head)
        canvas.label(head.inset(1), label)
        canvas.write(box.after(34).inset(2, 1), text, ANSWER_SIZE, least=4.0)

    return Block("", least, (Part(least, least, paint),), FRAME)


def _paint_head(canvas: Canvas, sheet: ApplicationSheet, further: bool) -> None:
    box = Box(LEFT, TOP, WIDTH, HEAD)
    code = Box(LEFT + WIDTH - _CODE, TOP - 3, _CODE, _CODE)
    canvas.code(code)
    canvas.write(box.top(4).left(24), f"様式 {sheet.form.id}", 8, side="lt")
    title = sheet.form.words.ja + ("（続紙）" if further else "")
    tracking = 0.28 if len(title) <= 14 else 0.0
    canvas.title(Box(LEFT + 25, TOP - 1.5, WIDTH - 50, 9.4), title, 18, tracking)
    if sheet.copy_number:
        stamp = Box(LEFT, TOP + 3.4, 22, 4.4)
        canvas.frame(stamp, FRAME)
        canvas.write(stamp.inset(0.6), f"再発行 {sheet.copy_number}", 9, "cm", bold=True)
    low = box.below(HEAD - 7.6).top(6.4)
    canvas.write(low.left(80), f"（宛先）{sheet.addressee}", 12)
    words = next((words for mark, words in _DATE_WORDS if mark in sheet.form.words.ja), "")
    if not words:
        return
    when = to_wareki(sheet.printed_on) if sheet.printed_on else "令和　　　年　　　月　　　日"
    canvas.write(Box(LEFT + 86, low.y, WIDTH - 86 - _CODE - 2, low.h), f"{words}　{when}", 12, side="rm")


def _paint_foot(canvas: Canvas, sheet: ApplicationSheet, number: int, count: int) -> None:
    left, middle, right = Box(LEFT, BOTTOM + 1.2, WIDTH, 4).columns([2, 1, 2])
    edition = f"　{sheet.edition}版" if sheet.edition else ""
    version = f"{sheet.form.id} {packing.mark(sheet.form)}{edition}"
    canvas.write(
        left,
        f"{sheet.municipality}　{version}　{REFERENCE_WORDS} {sheet.shown_reference}",
        8,
        least=6.0,
    )
    canvas.write(middle, f"{number}／{count}ページ", 8, side="cm")
    canvas.write(right, f"{PRINT_WORDS} {spaced(sheet.print_id)}", 8, side="rm", least=6.0)


def spaced(print_id: str) -> str:
    """A print id in groups of four."""
    return "-".join(print_id[start : start + 4] for start in range(0, len(print_id), 4))
