"""Pictures of the gallery for comparing: `python -m tests.web.gallery_pictures` renews the stored ones.

Every letter is drawn by blocks.ttf as one block, so that no machine's fonts are in a picture: what is compared is where
everything stands, how large it is and in which colour.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.chromium import launched, served
from tests.web.gallery_app import make_gallery

STORED = Path(__file__).parent / "pictures"
FONT = base64.b64encode((Path(__file__).parent / "blocks.ttf").read_bytes()).decode()
BLOCKS = f"""
@font-face {{ font-family: Blocks; font-weight: 100 900; src: url(data:font/ttf;base64,{FONT}); }}
*, *::before, *::after {{ font-family: Blocks !important; font-synthesis: none !important;
  caret-color: transparent !important; word-break: normal !important; text-wrap: wrap !important; }}
"""
"""Where a phrase may be broken is known to dictionaries of the browser, which differ from version to version."""
WITHOUT_VARIANTS = """() => {
  const variants = /[\\uFE00-\\uFE0F\\u{E0100}-\\u{E01EF}]/gu;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(variants, "");
  for (const box of document.querySelectorAll("input")) {
    if (variants.test(box.value)) box.value = box.value.replace(variants, "");
  }
  return document.fonts.load("16px Blocks");
}"""
"""Variants of a kanji would be looked for in the machine's own fonts."""
NOW = datetime(2026, 11, 24, 1, 42, tzinfo=UTC)
SIZES = {"phone": (390, 844), "desktop": (1366, 768)}
LOOKS = ("light", "dark")
SCREENS = {"counter": "desktop", "manager": "desktop", "admin": "desktop", "board": "desktop"}
"""Whole sample screens, each of an audience with a sheet of its own, at the size at which it is used."""
APART = """() => {
  const parts = [...document.querySelectorAll("section.part")];
  const boxes = parts.map((part) => part.getBoundingClientRect())
    .map(({ left, width, height }) => [left, width, height].map(Math.ceil));
  let top = 0;
  parts.forEach((part, at) => {
    const [left, width, height] = boxes[at];
    const place = { left, top, width, height };
    Object.assign(part.style, { position: "absolute", margin: 0 });
    for (const side of Object.keys(place)) part.style[side] = `${place[side]}px`;
    boxes[at] = [left, top, left + width, top + height];
    top += height;
  });
  if (parts.length) document.querySelector(".page").style.minHeight = `${top}px`;
  return Object.fromEntries(parts.map((part, at) => [part.id, boxes[at]]));
}"""
"""Every section begins at a whole pixel, whatever became of those above it."""
FAINT = 10
"""So much of 255 may a channel differ: edges are smoothed a little differently by every version of a browser."""
FEW = 60
"""So many pixels may differ more than that."""


@dataclass(frozen=True)
class View:
    """One picture: the whole gallery or a sample screen, at one size and in one look."""

    page: str
    size: str
    look: str

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.page or 'gallery'}-{self.size}-{self.look}"


VIEWS = [
    *(View("", size, look) for size in SIZES for look in LOOKS),
    *(View(page, size, look) for page, size in SCREENS.items() for look in LOOKS),
]


def parts(browser: Browser, address: str, view: View) -> dict[str, Image.Image]:
    """The picture of every section of the gallery, or of a whole screen."""
    width, height = SIZES[view.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if view.look == "dark" else "light",
        reduced_motion="reduce",
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        bypass_csp=True,
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    page.goto(f"{address}{view.page}?look={view.look}")
    page.add_style_tag(content=BLOCKS)
    page.evaluate(WITHOUT_VARIANTS)
    boxes: Mapping[str, list[int]] = page.evaluate(APART)
    picture = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB")
    context.close()
    cut = {name: picture.crop((box[0], box[1], box[2], box[3])) for name, box in boxes.items()}
    return cut or {view.page: picture}


def differing(first: Image.Image, second: Image.Image) -> int:
    """How many pixels look different; all of them where the sizes differ."""
    if first.size != second.size:
        return max(first.width * first.height, second.width * second.height)
    bands = ImageChops.difference(first, second).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return sum(worst.histogram()[FAINT + 1 :])


def stored(view: View) -> dict[str, Image.Image]:
    """The pictures that the view is compared with, by section."""
    sheet = Image.open(STORED / f"{view.name}.png").convert("RGB")
    heights: dict[str, list[int]] = json.loads((STORED / "sections.json").read_text())[view.name]
    return {name: sheet.crop((0, top, width, bottom)) for name, (top, bottom, width) in heights.items()}


def stacked(pictures: Mapping[str, Image.Image]) -> tuple[Image.Image, dict[str, list[int]]]:
    """Pictures one under the other, and where each begins, ends, and how wide it is."""
    whole = Image.new(
        "RGB", (max(one.width for one in pictures.values()), sum(one.height for one in pictures.values()))
    )
    found, top = {}, 0
    for name, one in pictures.items():
        whole.paste(one, (0, top))
        found[name] = [top, top + one.height, one.width]
        top += one.height
    return whole, found


def everything() -> Iterator[tuple[View, dict[str, Image.Image]]]:
    """Every view, drawn now."""
    with served(make_gallery()) as address, launched() as browser:
        for view in VIEWS:
            yield view, parts(browser, f"{address}/styleguide/", view)


def renew() -> None:
    """Store what is drawn now as what it is to look like."""
    STORED.mkdir(exist_ok=True)
    sections = {}
    for view, pictures in everything():
        sheet, sections[view.name] = stacked(pictures)
        sheet.save(STORED / f"{view.name}.png", optimize=True)
    (STORED / "sections.json").write_text(json.dumps(sections, indent=0).replace("\n", "") + "\n")


if __name__ == "__main__":
    renew()
