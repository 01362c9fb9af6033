"""記録の取り込み: a city's own log of visits from a CSV file, every line answered for."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from models.core.errors import Invalid, invalid
from models.core.messages import Message, _n
from models.operations.visit_log import KNOWN_ALREADY, Imported, import_log
from models.papers.tables import csv_file
from models.queries import catalogue
from models.queries.offices import OfficeView
from models.rules.visit_log import Rejected
from web.access import REPORTS, own_office, visitor
from web.languages import gettext
from web.manager.choosing import own_offices, shown
from web.presentation import plain_words

blueprint = Blueprint("imports", __name__)
blueprint.context_processor(shown)

MOST_SHOWN = 500
NO_FILE = _n("ファイルを選んでください。")
COLUMNS = (
    ("ticket_id", _n("受付番号"), _n("番号札の番号。日が変われば同じ番号でもかまいません。"), True),
    ("queue", _n("業務記号"), _n("下の一覧の記号か名前。手続きが書いてあれば空でもかまいません。"), True),
    ("procedure", _n("手続コード"), _n("分かるときだけ。記号か手続きの名前。"), False),
    ("arrived_at", _n("発券時刻"), _n("番号札を出した時刻。予約して来なかった人は空にします。"), True),
    ("booked_for", _n("予約時刻"), _n("予約した人だけ。"), False),
    ("called_at", _n("呼出時刻"), _n("呼んだ時刻。呼ぶ前に帰った人は空にします。"), True),
    ("started_at", _n("対応開始時刻"), _n("あれば。ないときは呼んだ時刻から数えます。"), False),
    ("finished_at", _n("対応終了時刻"), _n("窓口が終わった時刻。"), True),
    ("counter", _n("窓口番号"), _n("あれば。開いていた窓口の数が分かります。"), False),
    ("prefilled", _n("事前入力有無"), _n("有 か 無。"), False),
)
"""Name in the contract, Japanese name, what to write, whether it is needed."""
SAMPLE = (
    ("A001", "A", "JUM-01", "2026-10-05 08:31", "", "2026-10-05 08:33", "2026-10-05 08:41", "1"),
    (
        "B001",
        "B",
        "IDO-01",
        "2026-10-05 08:52",
        "2026-10-05 09:00",
        "2026-10-05 09:01",
        "2026-10-05 09:32",
        "4",
    ),
    ("A002", "A", "", "2026-10-05 09:02", "", "", "", ""),
    ("A003", "A", "JUM-01", "", "2026-10-05 10:00", "", "", ""),
)
SAMPLE_COLUMNS = (
    "ticket_id", "queue", "procedure", "arrived_at", "booked_for", "called_at", "finished_at", "counter",
)  # fmt: skip
MEANINGS = (
    _n("予約なしで来て、8時41分に終わった人"),
    _n("9時の予約で来た人"),
    _n("呼ぶ前に帰った人"),
    _n("予約したが来なかった人"),
)


@blueprint.get("/import")
@REPORTS
def page() -> str:
    """What a log looks like, and the place to give one."""
    return _page(_asked(request.args.get("office", "")))


@blueprint.post("/import")
@REPORTS
def take() -> tuple[str, int]:
    """What was taken and what was not, line by line; 422 where it is no log at all."""
    place = _asked(request.form.get("office", ""))
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise invalid("file", NO_FILE)
        done = import_log(place, upload.read(), visitor().actor)
    except Invalid as refused:
        return _page(place, refused.problems[0].message), 422
    return _result(place, done), 200


@blueprint.get("/import/sample.csv")
@REPORTS
def sample() -> Response:
    """A log of four lines that can be filled in."""
    headers = {"Content-Disposition": 'attachment; filename="sample.csv"'}
    return Response(csv_file(SAMPLE_COLUMNS, SAMPLE), mimetype="text/csv", headers=headers)


def _asked(code: str) -> OfficeView:
    return own_office(code) if code else own_offices()[0]


def _page(place: OfficeView, problem: Message | None = None) -> str:
    known = catalogue.current()
    return render_template(
        "manager/import.html",
        here="imports.page",
        place=place,
        places=own_offices(),
        problem=problem,
        columns=COLUMNS,
        sample=[(*row, gettext(meaning)) for row, meaning in zip(SAMPLE, MEANINGS, strict=True)],
        sample_columns=SAMPLE_COLUMNS,
        queues=[
            (code, plain_words(queue.words)) for code, queue in known.queues.items() if queue.slot_minutes
        ],
        procedures=[(code, plain_words(one.words)) for code, one in known.procedures.items()],
    )


def _result(place: OfficeView, done: Imported) -> str:
    wrong = [one for one in done.rejected if one.message.template != KNOWN_ALREADY]
    return render_template(
        "manager/imported.html",
        here="imports.page",
        place=place,
        done=done,
        wrong=wrong[:MOST_SHOWN],
        more=_counted(wrong[MOST_SHOWN:]),
        wrong_count=len(wrong),
    )


def _counted(lines: list[Rejected]) -> list[tuple[str, int]]:
    """What is wrong with the lines beyond those shown one by one, with how many there are of each."""
    counts: dict[str, int] = {}
    for one in lines:
        counts[one.message.template] = counts.get(one.message.template, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])
