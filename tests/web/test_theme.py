"""The theme's values: short, complete, and read easily by old eyes."""

import re
from pathlib import Path

import pytest

THEME = (Path(__file__).parents[2] / "web" / "static" / "theme.css").read_text()
VALUES = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", THEME.split("/* Reading */")[0]))

WELL_READ = [
    ("ink", "paper"), ("second", "paper"), ("second", "grey"), ("second", "soft"), ("key", "paper"), ("key", "soft"),
    ("paper", "key"), ("warning-ink", "warning-ground"), ("warning-ink", "paper"), ("error-ink", "error-ground"),
    ("error-ink", "paper"), ("link", "paper"), ("ink", "now"), ("visited", "paper"), ("ink", "heat-4"),
]  # fmt: skip
SEEN = [
    ("line-strong", "paper"),
    ("warning", "paper"),
    ("key-middle", "paper"),
    ("ink", "heat-5"),
    ("error", "paper"),
]


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    light, dark = sorted((luminance(VALUES[first]), luminance(VALUES[second])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("text", "ground"), WELL_READ)
def test_text_stands_out_seven_to_one(text, ground):
    assert contrast(text, ground) >= 7


@pytest.mark.parametrize(("shape", "ground"), SEEN)
def test_shapes_stand_out_three_to_one(shape, ground):
    assert contrast(shape, ground) >= 3


def test_the_theme_is_one_file_of_at_most_400_lines():
    assert len(THEME.splitlines()) <= 400


def test_every_property_that_is_used_is_defined():
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", THEME))
    defined = set(re.findall(r"--([a-z0-9-]+):", THEME))
    assert used <= defined


def test_colours_are_named_once_and_used_by_name():
    rules = THEME.split("/* Reading */")[1]
    written = set(re.findall(r"#[0-9a-f]{3,6}\b", re.sub(r"@media \(prefers-contrast.*", "", rules)))
    assert written <= {"#ffffff", "#1a1a1a", "#e3e3e3", "#9fb8ab"}
