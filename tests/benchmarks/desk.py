"""What a clerk feels at the scanner: how long until the desk says what it read, and until the person is shown."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright

from models.catalogue import loader
from models.core import settings as core_settings
from models.core.tokens import derived
from models.operations import accounts, applications
from models.papers.qr import reference_text
from models.queries.offices import office
from models.rules.forms.json_schema import example
from tests.chromium import found
from tests.conftest import inside
from tests.races.conftest import furnished
from tests.races.server import running

ROUNDS = 40
PASSWORD = "niwa no ishi wa shizuka"
CHROMIUM = {"executable_path": found(), "args": ["--no-sandbox", "--disable-gpu"]}
WATCH = """() => {
  window.echoed = null;
  const line = document.getElementById("scan-echo");
  document.getElementById("scan").addEventListener("input", (event) => { window.began = event.timeStamp; }, true);
  new MutationObserver(() => requestAnimationFrame(() => { window.echoed ??= performance.now() - window.began; }))
    .observe(line, { childList: true, characterData: true, subtree: true });
}"""


def main() -> None:
    """Print the table."""
    print(f"{'':44}{'p50 ms':>9}{'p99 ms':>9}")
    with tempfile.TemporaryDirectory(prefix="maeniwa-bench-") as folder:
        settings = furnished(core_settings.load(Path(folder) / "instance", {}))
        with inside(settings):
            accounts.invite("ben", "Ben", "counter", "honcho", "benchmark")
            accounts.set_password("ben", PASSWORD)
            fields = example(loader.load().forms["F02"])
            filed = [applications.file(office("honcho"), "F02", fields) for _ in range(ROUNDS)]
        codes = [reference_text(derived(one.token, "qr")) for one in filed]
        with running(settings, workers=1) as server, sync_playwright() as driver:
            browser = driver.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
            tab = browser.new_page(base_url=f"http://127.0.0.1:{server.port}", locale="ja-JP")
            _to_the_desk(tab)
            measured = [_read(tab, code) for code in codes]
            browser.close()
    line("last letter → “読み取りました” on the screen", [one[0] for one in measured])
    line("Enter → the person on the screen, by server", [one[1] for one in measured])


def line(what: str, times: list[float]) -> None:
    """One line of the table."""
    print(f"{what:44}{median(times):>9.1f}{quantiles(times, n=100)[98]:>9.1f}", flush=True)


def _read(tab: Page, code: str) -> tuple[float, float]:
    """One code as a fast scanner types it: milliseconds until the echo, and from Enter until the name."""
    tab.goto("/counter/")
    tab.evaluate(WATCH)
    tab.keyboard.insert_text(code)
    tab.wait_for_function("window.echoed !== null")
    echoed: Any = tab.evaluate("window.echoed")
    begun = time.perf_counter()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".read-name")
    return float(echoed), (time.perf_counter() - begun) * 1000


def _to_the_desk(tab: Page) -> None:
    tab.goto("/staff/sign-in")
    tab.fill("[name=username]", "ben")
    tab.fill("[name=password]", PASSWORD)
    tab.click("main button[type=submit]")
    tab.check("input[value='honcho/2']")
    tab.click("main button[type=submit]")


if __name__ == "__main__":
    main()
