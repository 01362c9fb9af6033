"""連携先の決まり: I11: forms go only into folders in their place and to named machines of the closed network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.core.errors import Invalid
from models.core.settings import BadSetting, Settings, checked
from models.rules.handover.receivers import Wanted, check, in_closed_network, order_of

COPY = Wanted("住民記録", "copy", "tabbed", ("氏名", "生年月日"))
ALLOWED = frozenset({"jumin.lan", "10.1.2.3", "127.0.0.1"})


def refused(wanted: Wanted, folders: bool = True) -> list[str]:
    """The boxes that must be mended."""
    try:
        check(wanted, folders, ALLOWED)
    except Invalid as problem:
        return [one.field for one in problem.problems]
    return []


@pytest.mark.parametrize(
    ("wanted", "box"),
    [(replace(COPY, name=" "), "name"), (replace(COPY, name="x" * 61), "name"), (replace(COPY, name="a\nb"), "name"),
     (replace(COPY, way="fax"), "way"), (replace(COPY, dates="x"), "dates"),
     (replace(COPY, order=("x" * 61,)), "order"), (replace(COPY, order=("氏名",) * 81), "order"),
     (replace(COPY, order=("a\tb",)), "order")],
)  # fmt: skip
def test_a_box_that_must_be_mended_is_named(wanted: Wanted, box: str) -> None:
    assert refused(wanted) == [box]
    assert refused(COPY) == []


def test_an_order_is_typed_one_item_a_line() -> None:
    assert order_of(" 氏名 \r\n\n窓口に来られた方／電話番号\n") == ("氏名", "窓口に来られた方／電話番号")


@pytest.mark.parametrize(
    "folder",
    ["/etc", "..", "a/../b", "a//b", ".ssh", "a\\b", "C:", "con", "a/NUL", "a/b/c/d/e", "", "~", "a\n", "あ", "a/",
     "-a", "a\x00", "in/lpt1"],
)  # fmt: skip
def test_a_watch_folder_stays_in_its_place(folder: str) -> None:
    assert refused(Wanted("a", "folder", "csv", folder=folder)) == ["folder"]


def test_a_good_watch_folder_needs_an_installation_that_has_some() -> None:
    good = Wanted("a", "folder", "csv", folder="jumin/in_1")
    assert (refused(good), refused(good, folders=False)) == ([], ["folder"])


@pytest.mark.parametrize(
    "url",
    ["http://jumin.lan/in", "https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/", "https://evil.example/",
     "https://jumin.lan@evil.example/", "https://u:p@jumin.lan/", "https://@jumin.lan/", "file:///etc/passwd",
     "https://jumin.lan.evil.example/", "//jumin.lan/", "https://jumin.lan:99999/", "https://jumin.lan\\@evil/", "",
     "gopher://jumin.lan/", "https://jumin.lan/ x", "https://ｊumin.lan/", "https://[::1", "https://localhost/",
     "https://jumin.lan/" + "x" * 500],
)  # fmt: skip
def test_i11_only_named_machines_of_the_closed_network_may_be_told(url: str) -> None:
    assert refused(Wanted("a", "webhook", "json", url=url)) == ["url"]


@pytest.mark.parametrize("url", ["https://jumin.lan/in", "https://JUMIN.lan:8443/a?b=c", "https://10.1.2.3/"])
def test_a_named_machine_may_be_told(url: str) -> None:
    assert refused(Wanted("a", "webhook", "json", url=url)) == []


@pytest.mark.parametrize(
    ("address", "inside"),
    [("10.1.2.3", True), ("172.16.0.1", True), ("172.32.0.1", False), ("192.168.1.1", True), ("fd00::1", True),
     ("::ffff:10.0.0.1", True), ("::ffff:127.0.0.1", False), ("127.0.0.1", False), ("::1", False), ("0.0.0.0", False),
     ("169.254.169.254", False), ("fe80::1%eth0", False), ("8.8.8.8", False), ("2001:db8::1", False),
     ("224.0.0.1", False), ("64:ff9b::a00:1", False), ("", False), ("jumin.lan", False)],
)  # fmt: skip
def test_i11_a_name_must_really_lead_inside(address: str, inside: bool) -> None:
    assert in_closed_network(address) is inside


@pytest.mark.parametrize("folder", [".", "..", "keys", "backups/x"])
def test_an_installation_refuses_a_folder_in_which_its_own_files_lie(tmp_path: Path, folder: str) -> None:
    plain = Settings(tmp_path / "instance", "k" * 8 + "0123456789abcdefghijklmnopqrstuv")
    with pytest.raises(BadSetting, match="handover_folder"):
        checked(replace(plain, handover_folder=(plain.instance / folder).resolve()))
    assert checked(replace(plain, handover_folder=tmp_path / "out")).handover_folder == tmp_path / "out"
