"""報告書: one span of one office on A4, to hand on and to print; cells of fewer than five people are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from flask import Blueprint, Response, g, request

from models.catalogue.definitions import Procedure
from models.core.clock import now
from models.core.errors import Invalid
from models.papers import report as paper
from models.papers.report import HIDDEN, HeatCell, Report, Table
from models.queries import before_after, catalogue, estimates, facts, reports
from models.queries.before_after import BeforeAfter
from models.queries.facts import Utilisation
from models.rules.planning.wait_scores import score
from models.rules.statistics import Measures
from models.rules.visit_export import WEEKDAYS
from web.access import REPORTS
from web.manager.changes import FEWEST, change_rows, weeks
from web.manager.choosing import Choice, chosen
from web.manager.paper_figures import figures
from web.presentation import NOTHING, heat_edges, heat_step, number, percentage
from web.ruby import without_readings

blueprint = Blueprint("paper", __name__)

MOST_PROCEDURES = 12
FOOT = "5人より少ないところは「－」です。中央値と9割は10人から出しています。名前など、個人の情報は入っていません。"


@blueprint.get("/report.pdf")
@REPORTS
def report() -> Response:
    """The report of the span, in Japanese; with `change` also the weeks before and after that date."""
    choice = chosen()
    content = paper.pdf(_report(choice, _change(choice)))
    name = f"report-{choice.place.code}-{choice.first}-{choice.last}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=headers)


def _change(choice: Choice) -> BeforeAfter | None:
    """What the date in the address changed; None without one, and for one that cannot be compared."""
    try:
        return before_after.before_after(
            choice.place, date.fromisoformat(request.args.get("change", "")), choice.queue
        )
    except (ValueError, Invalid):
        return None


def _report(choice: Choice, change: BeforeAfter | None) -> Report:
    found = reports.report(choice.place, choice.first, choice.last, "procedure", choice.queue)
    used = facts.utilisation([choice.place], choice.first, choice.last, ("queue",), choice.queue)
    told = score(estimates.shown(choice.place, choice.first, choice.last, choice.queue))
    heat = found.heat
    cells = [
        (WEEKDAYS[weekday], [_heat_cell(value, found.target) for value in row]) for weekday, row in heat.rows
    ]
    return Report(
        title="窓口の報告書",
        place=f"{g.municipality.name} {without_readings(choice.place.name)}{_queue_part(choice)}",
        span=f"{_day(choice.first)}〜{_day(choice.last)}",
        made=f"{_day(choice.today)} 作成",
        made_at=now().astimezone(choice.place.zone),
        figures=figures(found, used, told),
        heat=paper.Heat(
            "曜日と時刻ごとの待ち時間（中央値・分）", heat.half_hours, cells,
            [*(f"{edge}分まで" for edge in heat_edges(found.target)), "それより長い"],
            f"目標は{number(found.target)}分以内です。10人より少ない時間は「{HIDDEN}」です。",
        ) if cells else None,
        tables=[one for one in (_procedures(found.lines), _groups(used), _changes(change)) if one.rows],
        foot=FOOT,
    )  # fmt: skip


def _procedures(lines: Iterable[Measures]) -> Table:
    known = catalogue.current().procedures
    every = sorted(lines, key=lambda line: -line.visits)
    rows = [
        [
            _name(known, str(line.keys["procedure"] or "")), number(line.visits), number(line.wait_p50, 1),
            number(line.wait_p90, 1), number(line.handling_mean, 1), percentage(line.prefill_rate),
        ]
        for line in every
        if line.visits >= FEWEST
    ]  # fmt: skip
    left = len(every) - min(len(rows), MOST_PROCEDURES)
    note = (
        f"来た人の多い順です。ほかに{left}の手続きがあります（5人より少ないものは出していません）。"
        if left
        else ""
    )
    heads = ["手続き", "来庁（人）", "待ち中央値（分）", "待ち9割（分）", "手続平均（分）", "事前入力"]
    return Table("手続きごと", heads, _hidden(rows[:MOST_PROCEDURES]), note)


def _groups(used: Sequence[Utilisation]) -> Table:
    queues = catalogue.current().queues
    rows = []
    for one in used:
        code = str(one.keys["queue"] or "")
        name = without_readings(queues[code].words.ja) if code in queues else "担当する業務のない窓口"
        hours = (number(minutes / 60, 1) for minutes in (one.open_minutes, one.serving_minutes))
        rows.append([name, *hours, percentage(one.share)])
    heads = ["主に担当する業務", "開いていた時間（時間）", "対応していた時間（時間）", "稼働率"]
    note = (
        "同じ業務を主に担当する窓口をまとめています。85%を超えると列が急に伸び、50%より少ないと人を回せます。"
    )
    return Table("窓口稼働率", heads, _hidden(rows), note)


def _changes(found: BeforeAfter | None) -> Table:
    if found is None:
        return Table("", [], [])
    title = f"{_day(found.change)}の前と後（前後{weeks(found)}週間ずつ）"
    return Table(
        title, ["", "前", "後", "差"], _hidden(change_rows(found, str)), "差は、後から前を引いたものです。"
    )


def _heat_cell(value: float | None, target: float) -> HeatCell:
    return HeatCell(HIDDEN if value is None else number(value), heat_step(value, target))


def _hidden(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Rows with the paper's dash."""
    return [[HIDDEN if cell == NOTHING else cell for cell in row] for row in rows]


def _name(known: Mapping[str, Procedure], code: str) -> str:
    return without_readings(known[code].words.ja) if code in known else code or "記録なし"


def _queue_part(choice: Choice) -> str:
    return f"　{without_readings(choice.queues[choice.queue].ja)}" if choice.queue else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
