"""How often the pages that clerks have open all day ask the database."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.counter.conftest import DESK, Hall, press, walk_in
from tests.web.statements import asked


def test_the_desk_asks_few_times_whoever_waits_and_whoever_is_at_it(hall: Hall, ben: FlaskClient) -> None:
    number = [walk_in(hall, "IDO-01") for _ in range(4)][0]
    press(ben, "/counter/next")
    assert "対応中" in press(ben, f"/counter/tickets/{number}/start").text
    with asked() as statements:
        ben.get(DESK)
    assert 0 < len(statements) <= 17, "\n".join(statements)


def test_reception_asks_few_times(hall: Hall, keiko: FlaskClient) -> None:
    walk_in(hall, "IDO-01")
    keiko.get(DESK)
    with asked() as statements:
        keiko.get(DESK)
    assert 0 < len(statements) <= 15, "\n".join(statements)


def test_whoever_is_away_or_was_put_aside_is_read_at_once_however_many_they_are(
    hall: Hall, ben: FlaskClient
) -> None:
    numbers = [walk_in(hall, "IDO-01") for _ in range(5)]
    lengths = []
    for number, steps in zip(
        numbers, (("absent",), ("absent",), ("start", "hold"), ("start", "hold")), strict=False
    ):
        press(ben, "/counter/next")
        for step in steps:
            press(ben, f"/counter/tickets/{number}/{step}")
        with asked() as statements:
            assert number in ben.get(DESK).text
        lengths.append(len(statements))
    assert 0 < lengths[0] == lengths[-1], lengths
