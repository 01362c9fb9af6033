"""What is shipped for the machine itself, and what the terminal's pages may never hold (K4)."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "kiosk" / "static" / "terminal"
TEMPLATES = sorted((ROOT / "kiosk" / "templates" / "kiosk").rglob("*.html"))
SCRIPTS = sorted(STATIC.glob("*.js"))
POLICY = json.loads((ROOT / "docs" / "kiosk-policy.json").read_text(encoding="utf-8"))
SITE = "https://maeniwa.example.jp"


def test_k4_the_policy_shuts_the_desk_of_the_browser_away():
    assert POLICY["URLBlocklist"] == ["*"]
    assert all(pattern.startswith(SITE) for pattern in POLICY["URLAllowlist"])
    assert POLICY["DeveloperToolsAvailability"] == 2
    assert POLICY["IncognitoModeAvailability"] == 1
    assert POLICY["DownloadRestrictions"] == 3
    assert POLICY["LocalNetworkAccessAllowedForUrls"] == [SITE], (
        "the agent that prints is asked on this machine"
    )
    for name in (
        "PrintingEnabled",
        "PasswordManagerEnabled",
        "AutofillAddressEnabled",
        "AutofillCreditCardEnabled",
    ):
        assert POLICY[name] is False, name


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/kiosk/", True),
        ("/kiosk/screens/ticket/", True),
        ("/m/maeniwa/kiosk/enrol/", True),
        ("/static/sign.svg", True),
        ("/admin/", False),
        ("/counter/", False),
        ("/", False),
    ],
)
def test_k4_only_the_terminals_own_addresses_open(path, allowed):
    assert any(fnmatch(SITE + path, pattern) for pattern in POLICY["URLAllowlist"]) is allowed


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_k4_no_template_leads_outside_or_downloads(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://", text)
    assert not re.search(r"\b(download|target|onclick|onload|style)\s*=", text)
    for link in re.findall(r"<a\b[^>]*>", text):
        assert "data-screen" in link or "url_for('kiosk.page')" in link, link
    for form in re.findall(r"<form\b[^>]*>", text):
        assert re.search(r'\bdata-(screen|card)\b|id="(enrol|pair)"', form), form


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_k4_no_script_asks_outside_or_keeps_what_was_typed(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://", text)
    assert not re.search(r"(localStorage|sessionStorage)\.(setItem|\w+\s*=)", text)
    assert not re.search(r"\b(eval|Function|document\.write)\(", text)


def test_the_service_worker_keeps_every_file_that_the_page_needs():
    kept = (STATIC / "service_worker.js").read_text(encoding="utf-8")
    needed, left = set(), ["shell.js"]
    while left:
        name = left.pop()
        if name in needed:
            continue
        needed.add(name)
        left += re.findall(r'from "\./([\w.]+)"', (STATIC / name).read_text(encoding="utf-8"))
    assert len(needed) > 8
    assert [name for name in needed if f'"{name}"' not in kept] == []
