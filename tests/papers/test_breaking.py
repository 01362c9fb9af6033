"""Labels are broken as somebody would break them by hand."""

from __future__ import annotations

import pytest

from models.papers.layout.breaking import even_lines, in_columns


@pytest.mark.parametrize(
    "lines",
    [
        "代理人|生年月日",
        "必要な|人の氏名",
        "その年の|1月1日の住所",
        "電話番号（日中|つながるもの）",
        "車両番号|（標識番号）",
        "照会書発送日・|回答期限・回答受理日",
        "住民票コードを|載せる",
        "個人番号|記入欄",
    ],
)
def test_a_label_is_broken_between_its_words(lines: str) -> None:
    assert "|".join(even_lines(lines.replace("|", ""), 2)) == lines


def test_vertical_titles_end_their_columns_at_the_dot() -> None:
    assert in_columns(list("通数・使いみち"), 2, 6) == [list("通数・"), list("使いみち")]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_nothing_is_lost_and_no_line_begins_with_a_closing_mark(count: int) -> None:
    lines = even_lines("異動年月日（引っ越した日・引っ越す日）", count)
    assert "".join(lines) == "異動年月日（引っ越した日・引っ越す日）"
    assert all(line[0] not in "）・っ" for line in lines)
