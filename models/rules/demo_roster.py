"""デモの勤務の決まり: who works at the counters of the demo city, by codes, full days and part-timers."""

from __future__ import annotations

from collections.abc import Mapping

from models.rules.planning.roster_rules import Kind, Person, RosterRules

WHOLE = Kind("一日", 8 * 60 + 30, 17 * 60 + 15, 60)
LATE = Kind("遅番", 10 * 60 + 15, 19 * 60, 60)
SHORT = Kind("短時間", 9 * 60, 16 * 60, 60)
MORNING = Kind("午前", 8 * 60 + 30, 12 * 60 + 30)
NOON = Kind("昼", 10 * 60, 14 * 60)
AFTERNOON = Kind("午後", 13 * 60, 17 * 60 + 15)
LIBRARY = Kind("図書館", 9 * 60 + 45, 18 * 60, 60)
FULL, PART = (WHOLE.name, LATE.name), (SHORT.name, MORNING.name, NOON.name, AFTERNOON.name)
LUNCH = (11 * 60, 14 * 60)


def _full(code: str, *queues: str) -> Person:
    return Person(code, queues, FULL, (0, 1, 2, 3, 4), 5)


ROSTERS: Mapping[str, RosterRules] = {
    "honcho": RosterRules(
        (WHOLE, LATE, SHORT, MORNING, NOON, AFTERNOON),
        (
            _full("01", "A", "B", "C"),
            _full("02", "A", "B", "C"),
            _full("03", "A", "B", "C"),
            _full("04", "A", "B", "C"),
            _full("05", "A", "D", "K"),
            _full("06", "A", "D", "K"),
            _full("07", "F", "G", "H", "S"),
            _full("08", "F", "G", "H", "S"),
            _full("09", "F", "G", "H", "S"),
            Person("P1", ("A", "D"), PART, (0, 1, 2, 3, 4), 4),
            Person("P2", ("A", "D"), PART, (0, 1, 2, 3, 4), 4),
            Person("P3", ("F", "G", "H", "K", "S"), PART, (0, 1, 2, 3, 4), 4),
            Person("P4", (), (SHORT.name,), (0, 2, 4), 3),
        ),
        *LUNCH,
        most_hours=430.0,
        most_people=11,
    ),
    "higashi": RosterRules(
        (WHOLE, MORNING, AFTERNOON),
        (
            Person("11", (), (WHOLE.name,), (0, 1, 2, 3, 4), 5),
            Person("12", (), (WHOLE.name,), (0, 1, 2, 3, 4), 5),
            Person("P11", ("A", "B", "D", "K", "S"), (MORNING.name, AFTERNOON.name), (0, 1, 2, 3, 4), 4),
            Person("P12", ("A", "B", "D", "K", "S"), (MORNING.name, AFTERNOON.name), (0, 1, 2, 3, 4), 4),
        ),
        *LUNCH,
    ),
    "library": RosterRules(
        (LIBRARY, Kind("夕方", 13 * 60, 18 * 60)),
        (
            Person("21", (), (LIBRARY.name,), (1, 2, 3, 4, 5), 5),
            Person("P21", (), ("夕方",), (1, 2, 3, 4, 5), 3),
        ),
        12 * 60,
        15 * 60,
    ),
}
