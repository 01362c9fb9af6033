"""The commands beside `serve`: what they do, what they print, and what they refuse in one line."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.core import directory
from models.core.clock import now
from models.core.db import session
from models.operations import accounts, diagnosis, jobs
from models.queries import offices, staff
from models.rules.timetable import ENTRIES
from models.tables import AuditEntry
from scheduler.commands import jobs as jobs_command
from scheduler.commands.main import COMMANDS, main
from tests.conftest import SQLITE, inside
from tests.scheduler.processes import run

POSIX = pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")


@pytest.fixture(autouse=True)
def only_its_own_settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MAENIWA_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def maeniwa(settings, monkeypatch, capsys):
    """`maeniwa(...)` at this test's own installation: exit status, standard output, standard error."""
    if settings.on_postgresql:
        monkeypatch.setenv("MAENIWA_DATABASE_URL", settings.database_url)

    def command(*arguments, at=settings.instance):
        status = main([*arguments, "--instance", str(at)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_every_command_has_help_with_examples(capsys):
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([command.name, "--help"])
        assert ended.value.code == 0
        assert f"  maeniwa {command.name}" in capsys.readouterr().out


class TestToken:
    def test_it_is_printed_alone_on_a_line_and_opens_its_role_and_office(self, maeniwa, settings):
        status, out, err = maeniwa("token", "--role", "manager", "--office", "higashi")
        assert (status, err, out.count("\n")) == (0, "", 1)
        with inside(settings):
            holder = staff.by_bearer(out.strip())
            assert holder.role == "manager"
            assert holder.office_id == offices.office("higashi").id

    @SQLITE
    def test_an_office_that_is_not_there_is_refused_with_those_that_are(self, maeniwa):
        status, out, err = maeniwa("token", "--role", "counter", "--office", "nowhere")
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "honcho, higashi, library" in err

    @SQLITE
    def test_an_unknown_role_is_wrong_use(self, maeniwa):
        with pytest.raises(SystemExit) as ended:
            maeniwa("token", "--role", "mayor", "--office", "honcho")
        assert ended.value.code == 2

    @SQLITE
    def test_one_without_role_or_office_is_wrong_use(self, maeniwa):
        with pytest.raises(SystemExit) as ended:
            maeniwa("token", "--role", "manager")
        assert ended.value.code == 2

    @SQLITE
    def test_one_that_is_revoked_opens_nothing_and_is_listed_as_such(self, maeniwa, settings):
        assert maeniwa("token", "--list")[1] == "no tokens yet\n"
        kept = maeniwa("token", "--role", "counter", "--office", "honcho", "--label", "A")[1].strip()
        ended = maeniwa("token", "--role", "manager", "--office", "honcho", "--label", "B")[1].strip()
        status, out, _ = maeniwa("token", "--list")
        assert (status, out.count("good"), kept in out) == (0, 2, False)
        number = next(line.split()[0] for line in out.splitlines() if line.endswith("B"))
        for _ in range(2):
            assert maeniwa("token", "--revoke", number)[0] == 0
        assert "revoked" in maeniwa("token", "--list")[1]
        with inside(settings):
            assert staff.by_bearer(ended) is None
            assert staff.by_bearer(kept) is not None
            noted = [
                row.subject for row in session().scalars(select(AuditEntry)) if row.action == "token.revoke"
            ]
            assert noted == [number]

    @SQLITE
    def test_a_number_that_was_never_given_out_is_refused_in_one_line(self, maeniwa):
        status, _, err = maeniwa("token", "--revoke", "999")
        assert (status, err.count("\n")) == (1, 1)
        assert "maeniwa token --list" in err


@SQLITE
def test_a_device_token_is_printed_alone_on_a_line(maeniwa, settings):
    status, out, _ = maeniwa("device", "--kind", "kiosk", "--office", "library")
    assert (status, out.count("\n")) == (0, 1)
    with inside(settings):
        assert staff.by_device(out.strip()).role == "kiosk"


@SQLITE
def test_a_lost_administrator_gets_a_new_code(maeniwa, settings):
    with inside(settings):
        accounts.invite("administrator", "", "administrator", None, "test")
    status, out, _ = maeniwa("code", "administrator")
    assert status == 0
    with inside(settings):
        assert accounts.enter_with_code(out.strip()).username == "administrator"


@SQLITE
def test_a_code_for_nobody_is_refused(maeniwa):
    status, out, err = maeniwa("code", "nobody")
    assert (status, out, err) == (1, "", "maeniwa: no account called nobody\n")


class TestInit:
    def test_a_plan_opens_a_second_municipality_with_an_administrator(self, maeniwa, settings, tmp_path):
        plan = (Path(diagnosis.__file__).parents[1] / "catalogue" / "demo.yaml").read_text(encoding="utf-8")
        path = tmp_path / "aoba.yaml"
        path.write_text(
            plan.replace("code: maeniwa", "code: aoba").replace("前庭市", "青葉市"), encoding="utf-8"
        )
        status, out, err = maeniwa("init", "--plan", str(path))
        assert (status, err) == (0, "")
        code = out.split()[-1]
        with inside(settings, "aoba"):
            assert accounts.enter_with_code(code).role == "administrator"
            assert len(offices.offices()) == 3
        status, _, err = maeniwa("token", "--role", "counter", "--office", "honcho")
        assert status == 1
        assert "--municipality; here are: aoba, maeniwa" in err
        status, out, _ = maeniwa("token", "--role", "counter", "--office", "honcho", "--municipality", "aoba")
        assert status == 0
        with inside(settings, "aoba"):
            assert staff.by_bearer(out.strip())

    @SQLITE
    def test_without_a_plan_a_code_and_a_name_are_enough(self, maeniwa, settings):
        status, _, _ = maeniwa("init", "--code", "midori", "--name", "緑市")
        assert status == 0
        with inside(settings, "midori"):
            assert [place.code for place in offices.offices()] == ["honcho"]

    @SQLITE
    def test_a_municipality_is_not_opened_twice(self, maeniwa):
        status, out, err = maeniwa("init", "--code", "maeniwa", "--name", "前庭市")
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "open already" in err

    @SQLITE
    @pytest.mark.parametrize("code", ["Aoba", "a", "1ab", "青葉", "a-b", "../x"])
    def test_a_code_that_cannot_stand_in_an_address_is_refused(self, maeniwa, code):
        status, _, err = maeniwa("init", "--code", code, "--name", "x")
        assert (status, err.count("\n")) == (1, 1)

    @SQLITE
    def test_half_of_what_is_needed_is_wrong_use(self, maeniwa):
        with pytest.raises(SystemExit) as ended:
            maeniwa("init", "--code", "aoba")
        assert ended.value.code == 2

    @SQLITE
    def test_a_broken_plan_is_refused_with_its_file_and_line(self, maeniwa, tmp_path):
        path = tmp_path / "broken.yaml"
        path.write_text("municipality:\n  code: aoba\n  nmae: x\n", encoding="utf-8")
        status, _, err = maeniwa("init", "--plan", str(path))
        assert (status, err.count("\n")) == (1, 1)
        assert "broken.yaml:" in err

    @SQLITE
    def test_a_plan_that_is_not_there_is_refused(self, maeniwa, tmp_path):
        status, _, err = maeniwa("init", "--plan", str(tmp_path / "none.yaml"))
        assert (status, err.count("\n")) == (1, 1)


@SQLITE
class TestJobs:
    def test_the_list_names_every_job_with_its_time(self, maeniwa):
        status, out, _ = maeniwa("jobs", "list")
        assert status == 0
        assert sorted(line.split()[0] for line in out.splitlines()) == sorted(
            {*jobs.JOBS, *jobs.OFTEN, "carry-handovers", "print-sheets", "send-messages", "tune-staffing"}
        )

    def test_a_job_runs_once_a_day_and_stands_in_the_history(self, maeniwa):
        assert maeniwa("jobs", "history")[1] == "no job has run yet\n"
        status, out, _ = maeniwa("jobs", "run", "forget-keys", "--day", "2026-11-20")
        assert (status, out) == (0, "forget-keys of 2026-11-20: done (keys 0)\n")
        status, out, err = maeniwa("jobs", "run", "forget-keys", "--day", "2026-11-20")
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "forget-keys      2026-11-20    done     keys 0" in maeniwa("jobs", "history")[1]

    def test_without_a_day_it_is_the_newest_that_is_due(self, maeniwa, monkeypatch):
        before_its_time = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
        monkeypatch.setattr(jobs_command, "now", lambda: before_its_time)
        assert maeniwa("jobs", "run", "forget-keys")[1].startswith("forget-keys of 2026-11-24: done")

    def test_a_dry_run_tells_what_would_be_done_and_changes_nothing(self, maeniwa, clock):
        clock.tick(timedelta(days=2))
        tried = [maeniwa("jobs", "run", "publish-slots", "--dry-run")[1] for _ in range(2)]
        assert maeniwa("jobs", "history")[1] == "no job has run yet\n"
        done = maeniwa("jobs", "run", "publish-slots")[1]
        count = int(done.removeprefix("publish-slots of 2026-11-26: done (slots ").removesuffix(")\n"))
        assert count > 100
        said = f"publish-slots of 2026-11-26 for maeniwa would do: slots {count}; nothing was changed\n"
        assert tried == [said, said]

    def test_a_day_that_is_none_is_wrong_use(self, maeniwa):
        with pytest.raises(SystemExit) as ended:
            maeniwa("jobs", "run", "publish-slots", "--day", "2026-02-30")
        assert ended.value.code == 2


@SQLITE
def test_upgrade_says_what_it_brought_up(maeniwa):
    status, out, _ = maeniwa("upgrade")
    assert (status, out) == (0, "前庭市 (maeniwa): tables and catalogue are up to date\n")


@SQLITE
def test_commands_of_an_empty_installation_say_what_to_do_first(maeniwa, tmp_path, monkeypatch):
    monkeypatch.delenv("MAENIWA_DATABASE_URL", raising=False)
    for command in (("token", "--role", "counter", "--office", "honcho"), ("upgrade",), ("jobs", "history")):
        status, out, err = maeniwa(*command, at=tmp_path / "empty")
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "maeniwa init" in err


class TestDoctor:
    @pytest.fixture(autouse=True)
    def seen(self, settings):
        with inside(settings):
            jobs.beat("test")

    def test_a_sound_installation_is_called_so(self, maeniwa):
        status, out, err = maeniwa("doctor")
        assert (status, err) == (0, "")
        assert out.startswith("Nothing wrong was found")

    def finds(self, maeniwa, what, mend):
        status, out, _ = maeniwa("doctor")
        lines = out.splitlines()
        assert status == 1
        assert len(lines) == 2, out
        assert what in lines[0]
        assert mend in lines[1]

    @SQLITE
    @POSIX
    def test_keys_that_others_can_read_are_found(self, maeniwa, settings):
        next(settings.keys.rglob("*.key")).chmod(0o644)
        self.finds(maeniwa, "others than the owner can read keys", "chmod")

    @SQLITE
    def test_keys_among_the_databases_are_found(self, maeniwa, settings, monkeypatch):
        monkeypatch.setenv("MAENIWA_KEYS_FOLDER", str(settings.instance / "spaces" / "keys"))
        self.finds(maeniwa, "a backup would carry the keys", "keys_folder")

    @SQLITE
    def test_a_broken_catalogue_of_the_city_is_found_with_its_line(self, maeniwa, settings):
        folder = settings.instance / "catalogue" / "maeniwa"
        folder.mkdir(parents=True)
        (folder / "procedures.yaml").write_text("procedures:\n  JUM-01: {queue: ZZ}\n", encoding="utf-8")
        self.finds(maeniwa, "procedures.yaml:2", "maeniwa upgrade")

    @SQLITE
    def test_a_full_disk_is_found(self, maeniwa, monkeypatch):
        monkeypatch.setattr(diagnosis, "LEAST_FREE_BYTES", 10**18)
        self.finds(maeniwa, "MB are free", "make room")

    @SQLITE
    def test_a_clock_beside_the_file_system_is_found(self, maeniwa, monkeypatch):
        monkeypatch.setattr(diagnosis, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
        self.finds(maeniwa, "clock and its file system differ", "NTP")

    @SQLITE
    def test_a_typesetter_without_its_font_is_found(self, maeniwa, monkeypatch):
        monkeypatch.setattr(diagnosis, "draw", lambda sheet: b"")
        self.finds(maeniwa, "no form can be printed", "install again")

    @SQLITE
    def test_cookies_without_secure_behind_https_are_found(self, maeniwa, monkeypatch):
        monkeypatch.setenv("MAENIWA_PUBLIC_URL", "https://yoyaku.city.example.jp")
        monkeypatch.setenv("MAENIWA_EVENTS_PORT", "-1")
        self.finds(maeniwa, "cookies travel without Secure", "secure_cookies")

    @SQLITE
    def test_streams_that_pages_behind_https_cannot_reach_are_found(self, maeniwa, monkeypatch):
        monkeypatch.setenv("MAENIWA_PUBLIC_URL", "https://yoyaku.city.example.jp")
        monkeypatch.setenv("MAENIWA_SECURE_COOKIES", "true")
        self.finds(maeniwa, "boards and counters poll", "events_url")

    @SQLITE
    def test_a_hub_that_does_not_answer_is_found(self, maeniwa, monkeypatch):
        monkeypatch.setenv("MAENIWA_EVENTS_PORT", "1")
        self.finds(maeniwa, "hub of the live streams does not answer", "maeniwa live")

    @SQLITE
    def test_a_scheduler_that_was_not_seen_is_found(self, maeniwa, settings):
        with inside(settings):
            jobs.give_up("test")
        self.finds(maeniwa, "no scheduler seen", "maeniwa serve")

    @SQLITE
    def test_a_job_that_failed_is_found(self, maeniwa, settings, monkeypatch):
        def broken(_):
            raise RuntimeError

        monkeypatch.setattr(jobs, "JOBS", {**jobs.JOBS, "publish-slots": broken})
        with inside(settings), pytest.raises(RuntimeError):
            jobs.run("publish-slots", ENTRIES["publish-slots"].last_due(now()))
        self.finds(maeniwa, "job publish-slots has failed", "maeniwa jobs history --failed")
        assert "RuntimeError test_commands.py:" in maeniwa("jobs", "history", "--failed")[1]

    @SQLITE
    def test_slots_that_count_wrong_are_found_and_counted_anew(self, maeniwa, settings):
        path = settings.instance / "spaces" / "maeniwa.db"
        with closing(sqlite3.connect(path)) as base:
            base.execute("UPDATE slot SET taken = 1 WHERE id IN (7000, 7001)")
            base.commit()
        self.finds(maeniwa, "2 slots disagree with their rows (first: 7000, 7001)", "doctor --mend")
        status, out, _ = maeniwa("doctor", "--mend")
        assert status == 0
        assert out.startswith("maeniwa: 2 slots counted anew\nNothing wrong was found")

    @SQLITE
    def test_a_bad_setting_is_a_finding(self, maeniwa, monkeypatch):
        monkeypatch.setenv("MAENIWA_DEBUG", "true")
        self.finds(maeniwa, "debug must be false", "maeniwa.toml")

    @SQLITE
    def test_a_damaged_database_file_is_found(self, maeniwa, settings):
        path = settings.instance / "spaces" / "maeniwa.db"
        with closing(sqlite3.connect(path)) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            page = base.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'ix_slot_search'"
            ).fetchone()[0]
            size = base.execute("PRAGMA page_size").fetchone()[0]
        with path.open("r+b") as file:
            file.seek((page - 1) * size)
            file.write(b"\xff" * 64)
        status, out, _ = maeniwa("doctor")
        assert status == 1
        assert "restore the last backup" in out

    @pytest.mark.engines("postgresql")
    def test_a_login_that_is_a_superuser_is_found(self, maeniwa, settings, postgresql, monkeypatch):
        name = settings.database_url.partition("@/")[2].partition("?")[0]
        monkeypatch.setenv("MAENIWA_DATABASE_URL", postgresql.superuser_address(name))
        status, out, _ = maeniwa("doctor")
        assert status == 1
        assert "is a superuser" in out

    @pytest.mark.engines("postgresql")
    def test_who_moves_to_postgresql_is_told_how_to_bring_the_city_along(
        self, maeniwa, tmp_path, monkeypatch
    ):
        left = tmp_path / "moved" / "spaces" / "susono.db"
        left.parent.mkdir(parents=True)
        left.write_bytes(b"")
        monkeypatch.setattr(directory, "municipalities", lambda: ())
        status, out, _ = maeniwa("doctor", at=tmp_path / "moved")
        assert status == 1
        assert "no municipality yet in PostgreSQL, but the SQLite files of susono are still here" in out
        assert "`maeniwa restore FILE`" in out

    @SQLITE
    def test_an_installation_without_a_municipality_says_what_to_do(self, maeniwa, tmp_path, monkeypatch):
        monkeypatch.delenv("MAENIWA_DATABASE_URL", raising=False)
        status, out, _ = maeniwa("doctor", at=tmp_path / "new")
        assert status == 1
        assert "maeniwa serve --demo" in out


def test_the_exit_status_reaches_the_shell_and_an_instance_that_cannot_be_made_is_said_in_one_line(tmp_path):
    assert run("jobs", "list").returncode == 0
    (tmp_path / "file").write_text("", encoding="utf-8")
    refused = run("upgrade", "--instance", str(tmp_path / "file" / "below"))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
