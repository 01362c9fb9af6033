"""Each form drawn and compared, warm; all forms mixed; slips; and scan → first byte of the PDF through a real server.

Processor time of all threads, but for the server: there it is what a clock showed.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from models.catalogue import loader
from models.catalogue.definitions import Catalogue, Form
from models.core import settings as core_settings
from models.core.tokens import derived, new_token
from models.operations import accounts, applications
from models.papers import slip
from models.papers.application import draw
from models.papers.qr import reference_text, svg
from models.papers.sheet import ApplicationSheet
from models.papers.verification import verify
from models.queries.offices import office
from models.rules.forms.json_schema import example
from tests.conftest import inside
from tests.papers.people import filled
from tests.papers.sheets import FORM_IDS, HOME, answers, sheet
from tests.papers.slips import ENGLISH
from tests.races.conftest import furnished
from tests.races.server import running

ROUNDS = 51
WARM = 11
"""Rounds at the start that do not count: each form once."""
MIXED = 231
FAMILIES = (
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "清水",
)
GIVEN = (
    "太郎",
    "花子",
    "一郎",
    "健",
    "美咲",
    "翔太",
    "陽菜",
    "大輔",
    "由美",
    "恵子",
    "直樹",
    "誠",
    "さくら",
    "蓮",
)


def main() -> None:
    """Print the table."""
    print(f"{'':34}{'p50 ms':>9}{'p99 ms':>9}{'bytes':>10}")
    catalogue = loader.load()
    for form in catalogue.forms.values():
        one_form(catalogue, form)
    mixed("as they come", [_as_they_come(turn) for turn in range(MIXED)])
    mixed("in turn and hard", [_of_household(turn) for turn in range(MIXED)])
    slips()
    line("QR code M1 as SVG", timed(lambda _: svg(reference_text(new_token()))), 0)
    scan_to_pdf()


def one_form(catalogue: Catalogue, form: Form) -> None:
    """Drawing and comparing one form, each round another print."""
    fields = {} if form.paper_only else example(form)
    sheets = [_sheet(catalogue, form.id, fields, turn) for turn in range(ROUNDS)]
    size = len(draw(sheets[0]))
    line(f"{form.id} drawn", timed(lambda turn: draw(sheets[turn])), size)
    pdfs = [draw(sheet) for sheet in sheets]
    line(f"{form.id} compared with its job", timed(lambda turn: verify(pdfs[turn], sheets[turn])), size)


def mixed(how: str, sheets: Sequence[ApplicationSheet]) -> None:
    """All forms, each for other people: what a core draws, and draws and compares.

    Typst forgets what ten sheets did not use: eleven forms strictly in turn find nothing of the sheet before.
    """
    drawn = timed(lambda turn: draw(sheets[turn]), MIXED)
    line(f"all forms {how}, drawn", drawn, 0)
    pdfs = [draw(sheet) for sheet in sheets]
    compared = timed(lambda turn: verify(pdfs[turn], sheets[turn]), MIXED)
    line(f"all forms {how}, compared", compared, 0)
    both = mean(drawn) + mean(compared)
    print(
        f"a second on one core: {1000 / mean(drawn):.0f} drawn, {1000 / both:.0f} drawn and compared",
        flush=True,
    )


def _as_they_come(turn: int) -> ApplicationSheet:
    """A form drawn by lot, for an ordinary household of up to four at an ordinary address."""
    source = random.Random(turn)
    form, family = source.choice(FORM_IDS), source.choice(FAMILIES)
    people = tuple((f"{family}　{source.choice(GIVEN)}", "マエニワ　タロウ") for _ in range(1 + turn % 4))
    home = HOME | {"block": f"{source.randrange(1, 1900)}番地の{source.randrange(1, 30)}"}
    return _numbered(sheet(form, answers(form, people, len(people), home)), turn)


def _of_household(turn: int) -> ApplicationSheet:
    form = FORM_IDS[turn % len(FORM_IDS)]
    return _numbered(sheet(form, filled(form, turn % 4 + turn // 4 * 8)), turn)


def _numbered(made: ApplicationSheet, turn: int) -> ApplicationSheet:
    return replace(made, print_id=f"K7FX29MAQ3TBW{turn:03d}".replace("0", "Z").replace("1", "Y"))


def slips() -> None:
    """A slip as PDF, and as the dots of a receipt printer, each round another number."""
    turns = [replace(ENGLISH, headline=f"B{turn:03d}") for turn in range(2 * ROUNDS)]
    size = len(slip.pdf(ENGLISH, "80"))
    line("slip of 80 mm as PDF", timed(lambda turn: slip.pdf(turns[turn], "80")), size)
    line("slip of 80 mm as dots", timed(lambda turn: slip.dots(turns[ROUNDS + turn], "80")), 0)


def scan_to_pdf() -> None:
    """A clerk's whole second: POST scans, then GET form.pdf."""
    with tempfile.TemporaryDirectory(prefix="maeniwa-bench-") as folder:
        settings = furnished(core_settings.load(Path(folder) / "instance", {}))
        with inside(settings):
            token = accounts.issue_token("counter", "honcho", "benchmark")
            fields = example(loader.load().forms["F02"])
            filed = [applications.file(office("honcho"), "F02", fields) for _ in range(ROUNDS + 1)]
        with running(settings, workers=1) as server:
            head = {"Authorization": f"Bearer {token}"}

            def whole(turn: int) -> None:
                code = reference_text(derived(filed[turn].token, "qr"))
                found = server.call("POST", SCANS, {"code": code, "counter": "1"}, **head)
                server.call(
                    "GET", f"/api/v1/applications/{found.body['application']['reference']}/form.pdf", **head
                )

            whole(ROUNDS)
            line("scan → PDF through the server", timed(whole, clock=time.perf_counter), 0)


SCANS = "/api/v1/offices/honcho/scans"


def timed(
    act: Callable[[int], Any], rounds: int = ROUNDS, clock: Callable[[], float] = time.process_time
) -> list[float]:
    """Milliseconds of each round but the first of each form."""
    times = []
    for turn in range(rounds):
        begun = clock()
        act(turn)
        times.append((clock() - begun) * 1000)
    return times[WARM:]


def line(what: str, times: list[float], size: int) -> None:
    """One line of the table."""
    print(f"{what:34}{median(times):>9.1f}{quantiles(times, n=100)[98]:>9.1f}{size or '':>10}", flush=True)


def _sheet(catalogue: Catalogue, form: str, fields: dict[str, Any], turn: int) -> ApplicationSheet:
    """Another print of the form each round: the typesetter must not remember the last one."""
    return ApplicationSheet(
        form=catalogue.forms[form],
        staff_blocks=catalogue.staff_blocks,
        fields=fields,
        municipality="前庭市",
        addressee="前庭市長",
        printed_on=date(2026, 11, 24),
        print_id=f"K7FX29MAQ3TBW{turn:03d}".replace("0", "Z").replace("1", "Y"),
        reference="K7FX29MB",
    )


if __name__ == "__main__":
    main()
