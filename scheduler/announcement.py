"""What `maeniwa serve` tells the person who started it: first pages, and the demo's one-time codes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from models.rules.sides import stands

CODE_PAGE = "/staff/code"
"""Where a one-time code opens its account."""


@dataclass(frozen=True)
class Opened:
    """What an opened installation serves: municipalities' names by code, and what the demo city gave out."""

    municipalities: Mapping[str, str]
    demo: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    booking: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    """By municipality, the backup that was made because its tables had to change."""

    def line(self) -> str:
        """As one line of text, from one process to another."""
        return json.dumps(asdict(self))

    @classmethod
    def of_line(cls, line: str) -> Opened:
        """From the line again."""
        return cls(**json.loads(line))


@dataclass(frozen=True)
class FirstPage:
    """Where an audience begins; `side` is the side on which its door opens."""

    audience: str
    path: str
    side: str


FIRST_PAGES = (
    FirstPage("Residents", "/", "outside"),
    FirstPage("Waits", "/now/", "outside"),
    FirstPage("Counter", "/counter/", "inside"),
    FirstPage("Kiosk", "/kiosk/", "inside"),
    FirstPage("Boards", "/board/", "inside"),
    FirstPage("Manager", "/manager/", "inside"),
    FirstPage("Administrator", "/admin/", "both"),
    FirstPage("API", "/api/v1/openapi.json", "both"),
)


def way_back(opened: Opened) -> list[str]:
    """For every municipality whose tables were changed: how to have it as it was before."""
    lines = []
    for code, path in opened.before.items():
        lines.append(
            f"{opened.municipalities.get(code, code)} ({code}): tables were brought up to this build;"
        )
        lines.append(
            f"  the way back, with the old build and maeniwa stopped: maeniwa restore {path} --replace"
        )
    return lines


def announcement(address: str, side: str, opened: Opened) -> Sequence[str]:
    """The lines for standard output; a side prints only its own pages and secrets."""
    lines: list[str] = way_back(opened)
    for code, name in opened.municipalities.items():
        base = address if len(opened.municipalities) == 1 else f"{address}/m/{code}"
        lines.append(f"{name} ({code}) is open:")
        lines += [f"  {page.audience:14} {base}{page.path}" for page in FIRST_PAGES if _open(page.side, side)]
        if code == opened.demo:
            lines += _of_demo(base, side, opened)
    return [*lines, "Ready. Stop with Ctrl+C."]


def _of_demo(base: str, side: str, opened: Opened) -> list[str]:
    lines = []
    if opened.booking and _open("outside", side):
        lines.append(f"  A booking with a form written at home: {base}/bookings/{opened.booking}")
    if opened.codes and _open("inside", side):
        lines.append(f"  One-time sign-in codes, good for 72 hours at {base}{CODE_PAGE}:")
        lines += [f"    {username:14} {code}" for username, code in opened.codes.items()]
    return lines


def _open(door: str, side: str) -> bool:
    return stands(door, side)
