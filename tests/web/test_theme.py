"""The theme: one table of colours for every look, each read easily by old eyes, and no colour anywhere else."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "web" / "static"
THEME = (STATIC / "theme.css").read_text()
SHEETS = sorted({*STATIC.glob("*.css"), *(ROOT / "kiosk" / "static").rglob("*.css")} - {STATIC / "theme.css"})
AUDIENCES = {
    "admin.css",
    "counter.css",
    "manager.css",
    "screen.css",
    "writing.css",
    "board.css",
}
COMPONENTS = {"components.css", "figures.css", "hall.css"}
LAYOUTS = {
    "counter/plain.html", "styleguide/board.html", "board/setup.html", "board/screen.html",
    "kiosk/shell.html", "kiosk/printer.html", "kiosk/enrol.html",
}  # fmt: skip

LIGHT, DARK, CHOSEN_DARK, LIGHT_MORE, DARK_MORE, CHOSEN_DARK_MORE = (
    block for block in re.findall(r"{\s*([^{}]*)}", THEME) if "--key: #" in block
)
RAW = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|"
    r"[: ](?:white|black|red|green|yellow|orange|gray|grey)(?=[ ;])"
)


def values_of(*blocks):
    found = {}
    for block in blocks:
        found |= re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block)
    return found


LOOKS = {
    "light": values_of(LIGHT),
    "dark": values_of(LIGHT, DARK),
    "light with more contrast": values_of(LIGHT, LIGHT_MORE),
    "dark with more contrast": values_of(LIGHT, DARK, DARK_MORE),
}
BOARDS = {
    look: values_of(LIGHT, re.search(rf"\.theme-{look} {{ (.*) }}", THEME)[1]) for look in ("dark", "light")
}

GROUNDS = ("paper", "grey", "soft", "warning-ground", "error-ground")
TEXTS = [
    *((text, ground) for text in ("ink", "second", "link", "visited") for ground in GROUNDS),
    *(("ink", f"heat-{step}") for step in range(6)),
    ("key", "paper"), ("key", "soft"), ("key", "grey"), ("key-hover", "soft"), ("paper", "key"), ("paper", "key-hover"),
    ("warning-ink", "paper"), ("warning-ink", "warning-ground"), ("paper", "warning-ink"), ("error-ink", "paper"),
    ("error-ink", "error-ground"), ("error-ink", "soft"), ("on-now", "now"), ("sheet-ink", "sheet"),
]  # fmt: skip
SHAPES = [
    *((shape, ground) for shape in ("key-middle", "warning") for ground in ("paper", "grey", "soft")),
    ("line-strong", "paper"), ("error", "paper"), ("key", "warning-ground"), ("key", "error-ground"),
]  # fmt: skip
BOARD_TEXTS = [
    *((text, ground) for text in ("ink", "second") for ground in ("paper", "panel")),
    ("ink", "note"), ("accent", "paper"), ("on-now", "now"),
]  # fmt: skip


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faint(values, pairs, least):
    found = {pair: round(contrast(values[pair[0]], values[pair[1]]), 2) for pair in pairs}
    return {pair: ratio for pair, ratio in found.items() if ratio < least}


@pytest.mark.parametrize("look", LOOKS)
def test_every_text_stands_out_seven_to_one(look):
    assert faint(LOOKS[look], TEXTS, 7) == {}


@pytest.mark.parametrize("look", BOARDS)
def test_what_a_board_says_stands_out_seven_to_one(look):
    assert faint(BOARDS[look], BOARD_TEXTS, 7) == {}


@pytest.mark.parametrize("look", LOOKS)
def test_shapes_stand_out_three_to_one(look):
    assert faint(LOOKS[look], SHAPES, 3) == {}


@pytest.mark.parametrize("look", LOOKS)
def test_the_ring_is_seen_three_to_one_on_every_ground(look):
    """Black lies inside, yellow outside: one of the two is seen on whatever ground there is."""
    values = LOOKS[look]
    for ground in (*GROUNDS, "key", "now", "key-hover", *(f"heat-{step}" for step in range(6))):
        assert max(contrast(values[part], values[ground]) for part in ("on-now", "now")) >= 3, ground
    assert "--ring: 4px; --ring-gap: 2px; --ring-ground: 0 0 0 2px var(--on-now);" in LIGHT


def test_dark_is_the_same_whether_the_device_or_a_person_chose_it():
    assert DARK == CHOSEN_DARK
    assert DARK_MORE == CHOSEN_DARK_MORE


def test_dark_names_every_colour_that_light_names():
    assert set(values_of(LIGHT)) == set(values_of(DARK))


def test_paper_is_printed_light():
    for dark in re.findall(r"@media ([^{]*) { :root(?:\[data-theme=\"dark\"\]|:not)", THEME):
        assert dark.startswith("screen")


def test_the_theme_is_one_small_file():
    assert len(THEME.splitlines()) <= 100
    assert len(THEME) <= 8_000


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_other_sheet_names_a_colour(sheet):
    assert RAW.findall(re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)) == []


@pytest.mark.parametrize(
    "sheet", [STATIC / name for name in sorted(COMPONENTS)], ids=lambda sheet: sheet.name
)
def test_letters_and_corners_of_components_have_the_sizes_of_the_theme(sheet):
    assert re.findall(r"(?:font-size|border-radius): [.\d]+rem|border-radius: \d+px", sheet.read_text()) == []


def test_every_property_that_is_used_is_defined():
    sheets = [THEME, *(sheet.read_text() for sheet in SHEETS)]
    used = {name for text in sheets for name in re.findall(r"var\(--([a-z0-9-]+)\)", text)}
    defined = {name for text in sheets for name in re.findall(r"--([a-z0-9-]+):", text)}
    assert {name for name in used if not name.startswith("bs-")} <= defined | {"u"}


def test_a_sheet_belongs_to_an_audience_or_to_a_component():
    assert {sheet.name for sheet in SHEETS} == AUDIENCES | COMPONENTS


@pytest.mark.parametrize("door", ["web", "kiosk"])
def test_a_page_brings_no_sheet_of_its_own(door):
    """Only layouts name an audience's sheet; a page may name a component's."""
    folder = ROOT / door / "templates"
    for page in folder.rglob("*.html"):
        name = page.relative_to(folder).as_posix()
        named = set(re.findall(r"['/]([\w-]+\.css)'", page.read_text()))
        assert "<style" not in page.read_text(), name
        if not name.startswith("layout/") and name not in LAYOUTS:
            assert named <= COMPONENTS, name
