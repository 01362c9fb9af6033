"""The house refuses to start on a bad or weak setting, with one line that says what to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.core.settings import BadSetting, load

STRONG = "0123456789abcdefghijklmnopqrstuv"
BAD = [
    ({"MAENIWA_SECRET_KEY": "short"}, "secret_key"),
    ({"MAENIWA_SECRET_KEY": "a" * 64}, "secret_key"),
    ({"MAENIWA_DEBUG": "true"}, "debug"),
    ({"MAENIWA_DEBUG": "perhaps"}, "debug"),
    ({"MAENIWA_SIDE": "sideways"}, "side"),
    ({"MAENIWA_DATABASE_URL": "mysql://x"}, "database_url"),
    ({"MAENIWA_PUBLIC_URL": "http://yoyaku.example.jp"}, "https"),
    ({"MAENIWA_PUBLIC_URL": "yoyaku.example.jp"}, "public_url"),
    ({"MAENIWA_TRUSTED_PROXIES": "many"}, "trusted_proxies"),
    ({"MAENIWA_TRUSTED_PROXIES": "99"}, "trusted_proxies"),
    ({"MAENIWA_LOG_LEVEL": "loud"}, "log_level"),
    ({"MAENIWA_EVENTS_PORT": "-2"}, "events_port"),
    ({"MAENIWA_EVENTS_PORT": "65536"}, "events_port"),
    ({"MAENIWA_EVENTS_PORT": "none"}, "events_port"),
    ({"MAENIWA_EVENTS_URL": "http://yoyaku.example.jp"}, "events_url"),
    ({"MAENIWA_LISTEN_URL": "redis://x"}, "listen_url"),
]


@pytest.mark.parametrize(("environ", "named"), BAD)
def test_a_bad_setting_is_one_line_that_names_it(tmp_path: Path, environ: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting) as refused:
        load(tmp_path, environ)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "maeniwa.toml").write_text(f'secret_key = "{STRONG}"\nside = "inside"\n')
    assert load(tmp_path, {}).side == "inside"
    assert load(tmp_path, {"MAENIWA_SIDE": "outside"}).side == "outside"


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "maeniwa.toml").write_text('sides = "inside"\n')
    with pytest.raises(BadSetting, match="sides"):
        load(tmp_path, {})


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "maeniwa.toml").write_text("side = \n")
    with pytest.raises(BadSetting, match=r"maeniwa\.toml"):
        load(tmp_path, {})


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = load(tmp_path, {}).secret_key
    assert len(first) >= 32
    assert load(tmp_path, {}).secret_key == first
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
