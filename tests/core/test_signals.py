"""Telling the hub after a commit: the same promises for the datagram and for PostgreSQL's NOTIFY."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from models.core import signals
from models.core.clock import now
from models.core.db import ground
from models.core.errors import Invalid
from models.core.settings import Settings
from models.core.signals import Hint
from models.core.transaction import transaction
from models.operations import hall, office_row
from models.queries import hall as halls
from models.queries.offices import office
from tests.conftest import inside
from tests.operations.test_booking import honcho

WAIT = 0.5


@pytest.fixture
def settings(settings: Settings) -> Settings:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind((signals.LOOPBACK, 0))
        return replace(settings, events_port=found.getsockname()[1])


@pytest.fixture
def heard(settings: Settings) -> Iterator[Iterator[Hint | None]]:
    """What the hub hears, from now on."""
    with inside(settings):
        hints = signals.way().heard(WAIT)
        assert next(hints) is None
        yield hints


def set_notice(text: str) -> None:
    hall.set_notice(honcho(), text, "aoki")


def test_after_an_act_the_hub_hears_space_office_and_version(heard: Iterator[Hint | None]) -> None:
    set_notice("きょうは混んでいます。")
    assert next(heard) == Hint("maeniwa", "honcho", halls.version(honcho()))


def test_an_act_of_several_steps_is_one_hint_with_the_last_version(heard: Iterator[Hint | None]) -> None:
    with transaction() as writing:
        office_row.advance(writing, honcho())
        newest = office_row.advance(writing, honcho())
    assert next(heard) == Hint("maeniwa", "honcho", newest)
    assert next(heard) is None


def test_before_the_commit_nothing_is_told(heard: Iterator[Hint | None]) -> None:
    with transaction() as writing:
        office_row.advance(writing, honcho())
        assert next(heard) is None
    assert next(heard) is not None


def test_what_was_taken_back_is_never_told(heard: Iterator[Hint | None]) -> None:
    with pytest.raises(Invalid):
        set_notice("長" * 1000)
    with pytest.raises(ZeroDivisionError):
        fail_after_a_change()
    assert next(heard) is None
    elsewhere = office("higashi")
    hall.set_notice(elsewhere, "そのあと", "aoki")
    assert next(heard) == Hint("maeniwa", "higashi", halls.version(elsewhere))
    assert next(heard) is None


def fail_after_a_change() -> None:
    with transaction() as writing:
        office_row.advance(writing, honcho())
        raise ZeroDivisionError


def test_an_act_goes_well_when_nobody_listens(settings: Settings) -> None:
    with inside(settings):
        for number in range(20):
            set_notice(f"お知らせ{number}")
        assert halls.hall(honcho(), honcho().day_of(now())).notice == "お知らせ19"


def test_a_house_without_a_hub_tells_nothing(settings: Settings) -> None:
    with inside(replace(settings, events_port=-1)):
        assert isinstance(signals.way(), signals.Silence)
        assert list(signals.way().heard(WAIT)) == []
        set_notice("静か")


def test_one_process_without_a_known_port_tells_nothing_and_many_on_postgresql_do(settings: Settings) -> None:
    with inside(replace(settings, events_port=0)):
        wanted = signals.Notifications if ground().settings.on_postgresql else signals.Silence
        assert isinstance(signals.way(), wanted)


def test_hearing_on_a_database_that_is_not_there_is_an_oserror() -> None:
    with pytest.raises(OSError, match="no connection"):
        next(signals.Notifications("postgresql://nobody@127.0.0.1:1/none").heard(WAIT))


@pytest.mark.parametrize(
    "line",
    ["", "x", "maeniwa honcho", "maeniwa honcho x", "Ma eniwa 1", "maeniwa honcho -1", "maeniwa honcho ²"],
)
def test_what_is_no_hint_is_passed_over(line: str) -> None:
    assert Hint.of_line(line) is None


def test_a_hint_travels_as_one_line() -> None:
    assert Hint.of_line(Hint("maeniwa", "honcho", 12).line()) == Hint("maeniwa", "honcho", 12)
