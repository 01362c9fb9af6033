"""The server in front as the guide gives it: nginx takes the file, and no address with its secret is written down."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.repository import read

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
GIVEN = "docs/ja/server/nginx.conf"


def servers() -> list[str]:
    """Each `server { … }` of the file."""
    return re.findall(r"^server \{\n(.*?)^\}", read(GIVEN), re.DOTALL | re.MULTILINE)


def test_addresses_are_secrets_and_stand_in_no_log_and_pages_tell_nothing_by_their_length() -> None:
    plain, safe = servers()
    for one in (plain, safe):
        assert re.search(r"^ +access_log off;", one, re.MULTILINE)
        assert re.search(r"^ +server_tokens off;", one, re.MULTILINE)
    assert re.search(r"^ +error_log \S+ alert;", safe, re.MULTILINE), (
        "`error` names every address it cannot reach"
    )
    assert re.search(r"^ +gzip off;", safe, re.MULTILINE), (
        "nginx would compress every page: web/compression.py says why not"
    )
    assert "gzip on" not in safe


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_takes_the_file(tmp_path: Path) -> None:
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1",
            "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]  # fmt: skip
    subprocess.run(made, check=True, capture_output=True)
    text = re.sub(r"(listen \S*?)(80|443)\b", r"\g<1>1\g<2>8", read(GIVEN))
    for folder in ("/etc/ssl/maeniwa", "/var/log/nginx", "/var/www/maeniwa"):
        assert folder in text
        text = text.replace(folder, str(tmp_path))
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/log;\nevents {{}}\nhttp {{\ngzip on;\n{text}\n}}\n",
        "utf-8",
    )
    told = subprocess.run([str(NGINX), "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
