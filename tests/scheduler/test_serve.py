"""`maeniwa serve`: one process tree that becomes ready, answers, and ends without leaving anything."""

import contextlib
import http.client
import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from models.core import settings as core_settings
from scheduler import household, job_process
from scheduler.announcement import CODE_PAGE, FIRST_PAGES, Opened, announcement
from scheduler.commands.main import main
from scheduler.refusals import CHILD_REFUSED, NotDone
from tests.scheduler.processes import COMMAND, PATIENCE, environment, port_of_a_house, run, serving
from wsgi import create_app

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def get(address):
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
    line.request("GET", parts.path or "/")
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer.status, body


def until(condition):
    """Wait for something that must come; the patience is only a limit."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def ready(house):
    with contextlib.suppress(OSError, http.client.HTTPException):
        return get(f"{house.base}/readyz")[0] == 200
    return False


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    return tmp_path_factory.mktemp("served") / "instance"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("log") / "stderr"


@pytest.fixture(scope="module")
def house(instance, log):
    with serving(instance, "--demo", log=log) as running:
        yield running


@pytest.fixture(scope="module")
def counted(instance, house):
    """What the house held when SIGTERM ended it and all its processes."""
    tree, found = house.tree, counts(instance)
    assert len(tree) >= 3
    house.process.send_signal(signal.SIGTERM)
    assert house.process.wait(PATIENCE) == 0
    assert psutil.wait_procs(tree, timeout=PATIENCE)[1] == []
    return found


@pytest.fixture(scope="module")
def again(instance, counted, log):
    """The house, started a second time."""
    with serving(instance, "--demo", log=log) as running:
        yield running


def test_a_fresh_demo_is_ready_when_it_says_so(house):
    assert get(f"{house.base}/readyz")[0] == 200
    assert get(f"{house.base}/healthz")[0] == 200


@pytest.mark.parametrize("page", FIRST_PAGES, ids=lambda page: page.audience)
def test_every_printed_first_page_answers(house, page):
    status, _ = get(house.address_of(page.audience))
    assert status in (200, 302, 303)


def test_the_demo_gives_a_one_time_code_to_each_role_and_a_booking_to_look_at(house):
    codes = dict(line.split() for line in house.lines if re.fullmatch(r"\s+[a-z]+\s+\S{4}-\S{4}", line))
    assert set(codes) == {"counter", "concierge", "manager", "administrator"}
    shown = next(line.split()[-1] for line in house.lines if "/bookings/" in line)
    assert get(shown)[0] == 200


def test_every_log_line_is_one_json_object_without_a_token(house, log):
    shown = next(line.split()[-1] for line in house.lines if "/bookings/" in line)
    get(shown)
    token = shown.rsplit("/", 1)[1]
    lines = log.read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["event"] for line in lines)
    assert token not in "".join(lines)


def test_no_look_whether_it_is_ready_stands_in_the_log(house, log):
    assert get(f"{house.base}/readyz")[0] == 200
    get(house.address_of("Residents"))
    routes = [json.loads(line).get("route") for line in log.read_text(encoding="utf-8").splitlines()]
    assert "/" in routes
    assert "/readyz" not in routes


def test_a_web_process_that_dies_is_started_again(house):
    before = house.tree
    worker = max(before, key=lambda one: one.memory_info().rss if "spawn" in " ".join(one.cmdline()) else 0)
    worker.kill()
    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    until(lambda: ready(house))
    assert worker.pid not in {one.pid for one in house.tree}


@POSIX
def test_sigterm_ends_it_cleanly_and_a_second_start_adds_nothing(counted, again, instance):
    assert counts(instance) == counted
    assert any(line.split()[:1] == ["counter"] for line in again.lines)


@POSIX
def test_children_end_when_their_parent_is_killed(again):
    tree = again.tree
    assert len(tree) >= 3
    again.process.kill()
    assert psutil.wait_procs(tree, timeout=PATIENCE)[1] == []


@POSIX
def test_ctrl_c_before_it_is_ready_ends_it_too(instance):
    command = [*COMMAND, "serve", "--port", "0", "--instance", str(instance)]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as early:
        until(lambda: psutil.Process(early.pid).children())
        tree = psutil.Process(early.pid).children(recursive=True)
        early.send_signal(signal.SIGINT)
        assert early.wait(PATIENCE) == 0
    assert psutil.wait_procs(tree, timeout=PATIENCE)[1] == []


def counts(instance):
    with contextlib.closing(sqlite3.connect(instance / "spaces" / "maeniwa.db")) as base:
        tables = ("ticket", "visit", "ticket_event", "booking", "application", "staff", "baseline")
        return [base.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_a_port_in_use_is_said_in_one_line(tmp_path, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["serve", "--demo", "--port", port, "--instance", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"port {port}" in said
    assert not (tmp_path / "spaces").exists()


def test_a_port_that_a_server_in_front_leads_to_is_not_exchanged_for_another(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MAENIWA_EVENTS_URL", "https://yoyaku.city.example.jp")
    monkeypatch.setattr(household.Household, "running", lambda _: pytest.fail("a process was started"))
    main_port = port_of_a_house()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", main_port + 1))
        taken.listen()
        assert main(["serve", "--demo", "--port", str(main_port), "--instance", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"port {main_port + 1}" in said
    assert "events_port" in said


def test_an_address_that_is_not_ours_is_said_in_one_line(tmp_path, capsys):
    assert main(["serve", "--host", "192.0.2.1", "--instance", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_an_installation_without_a_municipality_does_not_serve(tmp_path):
    refused = run("serve", "--port", "0", "--instance", str(tmp_path))
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "maeniwa init" in refused.stderr


BAD = {
    "MAENIWA_DEBUG": "true",
    "MAENIWA_SECRET_KEY": "short",
    "MAENIWA_SIDE": "beside",
    "MAENIWA_DATABASE_URL": "mysql://root@localhost/x",
    "MAENIWA_PUBLIC_URL": "http://yoyaku.city.example.jp",
    "MAENIWA_TRUSTED_PROXIES": "many",
    "MAENIWA_LOG_LEVEL": "loud",
    "MAENIWA_SECURE_COOKIES": "perhaps",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_setting_stops_the_start_with_one_line_that_names_it(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setenv(name, BAD[name])
    assert main(["serve", "--demo", "--port", "0", "--instance", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert name.removeprefix("MAENIWA_").lower() in said.err
    assert not (tmp_path / "spaces").exists()


def test_an_unknown_setting_in_the_file_stops_the_start_with_one_line(tmp_path, capsys):
    (tmp_path / "maeniwa.toml").write_text('colour = "green"\n', encoding="utf-8")
    assert main(["serve", "--port", "0", "--instance", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "colour" in said.err


def test_a_database_that_does_not_answer_is_said_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MAENIWA_INSTANCE", str(tmp_path))
    monkeypatch.setenv("MAENIWA_DATABASE_URL", f"postgresql://maeniwa@/none?host={tmp_path}")
    monkeypatch.setattr(job_process, "at_end_of_parent", lambda _: None)
    assert job_process.main("open") == CHILD_REFUSED
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "doctor" in said.err


@pytest.mark.parametrize("bad", [(), ("serve", "--port", "x"), ("serve", "--side", "up"), ("nonsense",)])
def test_wrong_use_is_status_2(bad, capsys):
    with pytest.raises(SystemExit) as ended:
        main(list(bad))
    assert ended.value.code == 2
    assert "usage: maeniwa" in capsys.readouterr().err


def test_each_side_prints_only_its_own_pages_and_secrets():
    opened = Opened({"maeniwa": "前庭市"}, "maeniwa", {"counter": "ABCD-EFGH"}, "T" * 32)
    outside = "\n".join(announcement("http://h", "outside", opened))
    inside = "\n".join(announcement("http://h", "inside", opened))
    assert "Counter" not in outside
    assert "ABCD-EFGH" not in outside
    assert "T" * 32 in outside
    assert "Residents" not in inside
    assert "T" * 32 not in inside
    assert "ABCD-EFGH" in inside


def test_several_municipalities_are_told_with_their_prefix():
    opened = Opened({"aoba": "青葉市", "midori": "緑市"})
    lines = announcement("http://h", "both", opened)
    assert any(line.endswith("http://h/m/aoba/counter/") for line in lines)
    assert any(line.endswith("http://h/m/midori/") for line in lines)


def test_what_is_open_travels_as_one_line_of_ascii():
    opened = Opened({"aoba": "青葉市\n"}, "aoba", {"counter": "ABCD-EFGH"}, "T")
    assert "\n" not in opened.line()
    assert opened.line().isascii()
    assert Opened.of_line(opened.line()) == opened


def test_the_printed_pages_are_doors_of_the_house(sqlite_template):
    app = create_app(replace(core_settings.load(sqlite_template.folder, {}), log_level="error"))
    doors = app.url_map.bind("localhost")
    for path in [page.path for page in FIRST_PAGES] + [CODE_PAGE]:
        assert doors.match(path)
    app.extensions["maeniwa"].close()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_waitress_serves_where_granian_has_no_wheel(settings):
    port = household.free_port("127.0.0.1", 0)
    code = f"from scheduler.web_process import with_waitress; with_waitress('127.0.0.1', {port})"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(MAENIWA_INSTANCE=str(settings.instance)),
    ) as server:
        assert not answers(port), "it waits for the word that tables are current"
        server.stdin.write(household.OPEN)
        server.stdin.flush()
        until(lambda: answers(port))
        assert get(f"http://127.0.0.1:{port}/healthz")[0] == 200
        server.stdin.close()
        try:
            assert server.wait(PATIENCE) == 0
        finally:
            server.kill()


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def test_a_child_that_dies_again_and_again_ends_the_house(monkeypatch):
    child = household.Child("web", ("scheduler.nothing",), environment())
    monkeypatch.setattr(household.Child, "start", lambda self: None)
    for _ in range(household.MOST_DEATHS - 1):
        child.start_again()
    with pytest.raises(NotDone, match="again and again"):
        child.start_again()


def test_a_house_reaches_itself_whatever_it_listens_on():
    assert household.reachable("0.0.0.0") == "127.0.0.1"
    assert household.reachable("::") == "::1"
    assert household.reachable("192.168.1.5") == "192.168.1.5"


def test_the_instance_folder_comes_from_the_option_before_the_environment(tmp_path, monkeypatch):
    chosen, other = tmp_path / "a", tmp_path / "b"
    monkeypatch.setenv("MAENIWA_INSTANCE", str(other))
    main(["doctor", "--instance", str(chosen)])
    assert (chosen / "secret.key").exists()
    assert not Path(other).exists()
