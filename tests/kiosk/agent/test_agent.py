"""P6: the agent as a real process: one paper a job whatever happens to it, and a door for one page only."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time

import psutil
import pytest

from kiosk.agent.addresses import BadAddress, printer_at
from models.papers.slip import dots
from tests.kiosk.agent.agents import ORIGIN, PATIENCE, agent, command
from tests.kiosk.agent.receipt_printer import receipt_printer, until
from tests.papers.slips import ADDRESS, BOOKING, TICKET, TOKEN

ROWS = dots(TICKET, "80").height


@pytest.fixture
def paper():
    with receipt_printer() as printer:
        yield printer


@pytest.fixture
def running(paper, tmp_path):
    with agent(paper.address, tmp_path / "memory") as found:
        yield found


@pytest.fixture(scope="module")
def shared():
    with receipt_printer() as printer:
        yield printer


@pytest.fixture(scope="module")
def door(shared, tmp_path_factory):
    with agent(shared.address, tmp_path_factory.mktemp("door")) as found:
        yield found


def test_a_slip_that_the_page_hands_over_comes_out_once_however_often_it_is_asked(paper, running):
    assert [running.print("job-1") for _ in range(3)] == [("printed", "")] * 3
    assert running.print("job-2", BOOKING.as_json()) == ("printed", "")
    assert paper.whole_slips() == [ADDRESS, BOOKING.qr]
    assert running.state("job-1") == ("printed", "")


def test_twenty_presses_at_once_print_one_slip(paper, running):
    presses = [running.print_in_background("job-1") for _ in range(20)]
    for press in presses:
        press.join(PATIENCE)
    until(lambda: running.state("job-1")[0] == "printed")
    assert paper.whole_slips() == [ADDRESS]


def test_a_failure_is_printed_again_only_by_a_persons_press(paper, running):
    paper.paper_rows = 0
    assert running.print("job-1") == ("failed", "paper_out")
    assert running.call("GET", "/status").body == {"ready": False, "problem": "paper_out"}
    paper.refill()
    assert running.call("GET", "/status").body == {"ready": True, "problem": ""}
    assert running.print("job-1") == ("failed", "paper_out")
    assert paper.whole_slips() == []
    assert running.print("job-1", again=True) == ("printed", "")
    assert running.print("job-1", again=True) == ("printed", "")
    assert paper.whole_slips() == [ADDRESS]


@pytest.mark.parametrize("rows", [0, 1, 400, ROWS - 200, ROWS])
def test_killed_while_printing_it_says_unclear_and_never_prints_a_second_slip(paper, tmp_path, rows):
    """kill -9 when the line opens, in the middle, within the last piece, and when everything is printed but unsaid."""
    memory = tmp_path / "memory"
    killed = threading.Event()
    with agent(paper.address, memory) as first:

        def kill() -> None:
            paper.on_connection = lambda: None
            first.kill()
            killed.set()

        if rows:
            paper.at(rows, kill)
        else:
            paper.on_connection = kill
        first.print_in_background("job-1")
        assert killed.wait(PATIENCE)
    with agent(paper.address, memory, secret=first.secret) as second:
        assert second.state("job-1") == ("unclear", "")
        assert second.print("job-1") == ("unclear", "")
        came_out = paper.whole_slips()
        assert len(came_out) <= 1
        assert second.print("job-2", BOOKING.as_json()) == ("printed", "")
        assert paper.whole_slips() == [*came_out, BOOKING.qr]
        assert second.print("job-1", again=True) == ("printed", "")


def test_killed_after_a_slip_it_still_knows_that_it_was_printed(paper, tmp_path):
    with agent(paper.address, tmp_path) as first:
        assert first.print("job-1") == ("printed", "")
        first.kill()
    with agent(paper.address, tmp_path, secret=first.secret) as second:
        assert second.print("job-1") == ("printed", "")
    assert paper.whole_slips() == [ADDRESS]


def test_killed_while_a_job_waits_for_its_turn_that_job_has_failed_and_left_nothing(paper, tmp_path):
    at_work, go_on = threading.Event(), threading.Event()
    with agent(paper.address, tmp_path) as first:
        paper.at(10, lambda: (at_work.set(), go_on.wait(PATIENCE)))
        first.print_in_background("job-1")
        assert at_work.wait(PATIENCE)
        first.print_in_background("job-2")
        until(lambda: "job-2" in (tmp_path / "jobs.jsonl").read_text(encoding="utf-8"))
        first.kill()
        go_on.set()
    with agent(paper.address, tmp_path, secret=first.secret) as second:
        assert second.state("job-2") == ("failed", "offline")
        assert second.state("job-1") == ("unclear", "")


def test_a_torn_journal_line_is_passed_over(paper, tmp_path):
    with agent(paper.address, tmp_path) as first:
        first.print("job-1")
    with (tmp_path / "jobs.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"job": "job-2", "sta')
    with agent(paper.address, tmp_path, secret=first.secret) as second:
        assert second.state("job-1") == ("printed", "")
        assert second.call("GET", "/jobs/job-2").status == 404


def test_the_journal_holds_no_word_of_any_slip(paper, running, tmp_path):
    running.print("job-1")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (TICKET.headline, TOKEN, TICKET.title.ja, running.secret):
        assert secret.encode() not in kept


def refused(**asked: str) -> str:
    """What an agent says that cannot begin."""
    options = [word for name, value in asked.items() for word in (f"--{name}", value)]
    done = subprocess.run(command(*options), capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_two_agents_never_share_a_folder(paper, running, tmp_path):
    folder = str(tmp_path / "memory")
    said = refused(printer=paper.address, listen="127.0.0.1:0", origin=ORIGIN, folder=folder)
    assert "another agent" in said


@pytest.mark.parametrize("change", [{"listen": "0.0.0.0:0"}, {"origin": "yoyaku"}, {"printer": "laser"}])
def test_what_cannot_be_is_refused_in_one_line(tmp_path, change):
    usual = {
        "printer": f"file:{tmp_path}/out",
        "listen": "127.0.0.1:0",
        "origin": ORIGIN,
        "folder": str(tmp_path),
    }
    assert "Traceback" not in refused(**{**usual, **change})


@pytest.mark.parametrize(
    "address",
    [
        "laser", "escpos://", "escpos://h?width=70", "escpos://h:port", "escpos://h:70000", "system:", "system:--help",
        "system:Q?paper=A4", "file:", "file:x?width=1", "escpos://h?width", "http://h",
    ],
)  # fmt: skip
def test_an_address_of_no_printer_is_refused(address):
    with pytest.raises(BadAddress, match="escpos://HOST:9100"):
        printer_at(address)


class TestDoor:
    """Only the paired page of this house may ask anything."""

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Origin": "https://evil.example"}, 403), ({"Origin": ""}, 403), ({"Origin": "null"}, 403),
            ({"Origin": ORIGIN + ".evil.example"}, 403), ({"Authorization": ""}, 401),
            ({"Authorization": "Bearer " + TOKEN}, 401), ({"Authorization": "Basic x"}, 401),
            ({"Host": "evil.example"}, 421), ({"Host": "127.0.0.1"}, 421), ({"Host": "evil.example:8631"}, 421),
            ({"Content_Type": "text/plain"}, 415),
        ],
    )  # fmt: skip
    def test_anybody_else_prints_nothing(self, shared, door, headers, status):
        asked, before = {"job": "job-1", "slip": TICKET.as_json()}, shared.connections
        assert door.call("POST", "/jobs", asked, **headers).status == status
        if status != 415:
            assert door.call("GET", "/status", **headers).status == status
        assert shared.connections == before

    def test_a_browser_is_told_that_this_house_and_no_other_may_ask(self, door):
        asked = {"Access-Control-Request-Private-Network": "true", "Access-Control-Request-Method": "POST"}
        answer = door.call("OPTIONS", "/jobs", Authorization="", **asked)
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        refused = door.call("OPTIONS", "/jobs", Authorization="", Origin="https://evil.example")
        assert refused.status == 403
        assert "Access-Control-Allow-Origin" not in refused.headers

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ("{", 400), ("[]", 400), ("[" * 30_000, 400), ('{"job": 1}', 400), ('{"job": "job-1"}', 422),
            ("x" * 70_000, 413), (json.dumps({"job": "../x", "slip": TICKET.as_json()}), 422),
            (json.dumps({"job": "", "slip": TICKET.as_json()}), 422),
        ],
    )  # fmt: skip
    def test_what_is_no_job_is_refused(self, door, body, status):
        assert door.call("POST", "/jobs", body).status == status
        assert door.call("GET", "/status").status == 200

    def test_it_listens_on_loopback_only(self, door):
        listening = [
            one for one in psutil.Process(door.process.pid).net_connections() if one.status == "LISTEN"
        ]
        assert [one.laddr.ip for one in listening] == ["127.0.0.1"]

    def test_unknown_addresses_are_not_found(self, door):
        assert door.call("GET", "/elsewhere").status == 404
        assert door.call("POST", "/elsewhere", {}).status == 404
        assert door.call("GET", "/jobs/unknown").status == 404


class TestPairing:
    """A code that is typed once."""

    def test_the_code_works_once_and_its_secret_outlives_the_process(self, paper, tmp_path):
        with agent(paper.address, tmp_path) as first:
            assert first.call("POST", "/pair", {"code": first.code}, Authorization="").status == 403
        with agent(paper.address, tmp_path, secret=first.secret) as second:
            assert second.call("GET", "/status").status == 200

    def test_pairing_anew_ends_the_old_page(self, paper, tmp_path):
        with agent(paper.address, tmp_path) as first:
            pass
        with agent(paper.address, tmp_path, "--pair") as second:
            assert second.secret != first.secret
            assert second.call("GET", "/status", Authorization=f"Bearer {first.secret}").status == 401

    def test_five_wrong_codes_end_it(self, paper, tmp_path):
        with agent(paper.address, tmp_path) as first:
            pass
        with agent(paper.address, tmp_path, "--pair", secret="unpaired") as second:
            code = second.process.stdout.readline().split()[2]
            for _ in range(5):
                assert second.call("POST", "/pair", {"code": "K7FX-29MB"}).status == 403
            assert second.call("POST", "/pair", {"code": code}).status == 403
        assert first.secret

    @pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
    def test_only_this_user_reads_what_is_kept(self, running, tmp_path):
        assert (tmp_path / "memory").stat().st_mode & 0o077 == 0
        assert (tmp_path / "memory" / "paired").stat().st_mode & 0o077 == 0


def test_it_ends_when_the_command_that_began_it_is_killed(tmp_path):
    begun = subprocess.Popen(
        [*command()[:1], "-P", "-m", "scheduler.commands.main", "kiosk-agent", "--printer", f"file:{tmp_path}/out",
         "--listen", "127.0.0.1:0", "--origin", ORIGIN, "--folder", str(tmp_path / "memory")],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        port = int(begun.stdout.readline().split()[2].rsplit(":", 1)[1])
        begun.kill()
        begun.wait(PATIENCE)
        until(lambda: not _listens(port))
    finally:
        begun.kill()
        begun.stdout.close()


def test_a_folder_in_the_printers_place_keeps_pictures_and_obeys_its_signs(tmp_path):
    with agent(f"file:{tmp_path}/out?width=58", tmp_path / "memory") as found:
        assert found.print("job-1") == ("printed", "")
        (tmp_path / "out" / "paper_out").touch()
        assert found.print("job-2") == ("failed", "paper_out")
        (tmp_path / "out" / "paper_out").unlink()
        assert found.print("job-2", again=True) == ("printed", "")
    assert len(list((tmp_path / "out").glob("slip-*-B048.png"))) == 2


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    time.sleep(0.02)
    return True
