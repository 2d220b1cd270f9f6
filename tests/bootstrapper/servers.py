"""PostgreSQL servers and PgBouncers for tests: fresh ones, on 127.0.0.1, ended by who started them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.bootstrapper import programs
from tests.cluster.processes import accepts, free_ports, until

# Neither program runs as root. Nobody owns less than this user.
_NOBODY: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}

ADMIN_PASSWORD = "Adm1n p@ss/word%"


@dataclass(frozen=True)
class Postgres:
    """A running server, whose superuser is ``postgres``. Passwords are kept as SCRAM verifiers, logins need one."""

    port: int
    folder: Path
    certificate: Path
    """Of the authority that signed the server's certificate, which is for ``localhost``."""

    def url(
        self, user: str = "postgres", password: str = ADMIN_PASSWORD, host: str = "127.0.0.1", **parameters: str
    ) -> str:
        """As it stands in the administrator's Secret."""
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in parameters.items())
        return f"postgresql://{user}:{quote(password, safe='')}@{host}:{self.port}/postgres" + (query and f"?{query}")

    @contextmanager
    def connect(
        self, database: str = "postgres", user: str = "postgres", password: str = ADMIN_PASSWORD, port: int = 0
    ) -> Iterator[psycopg.Connection[Any]]:
        """A connection in which each statement is a transaction of its own."""
        with psycopg.connect(
            host="127.0.0.1", port=port or self.port, dbname=database, user=user, password=password, autocommit=True
        ) as connection:
            yield connection

    def sql(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Statements of the superuser; the rows of the last one."""
        rows: list[tuple[Any, ...]] = []
        with self.connect(database) as connection:
            for each in statements:
                cursor = connection.execute(each.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows


@contextmanager
def folder_for_nobody() -> Iterator[Path]:
    """A folder that the programs can write to, also when the tests run as root."""
    with tempfile.TemporaryDirectory(prefix="stargit-bootstrap-") as made:
        if _NOBODY:
            os.chown(made, _NOBODY["user"], _NOBODY["group"])
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def running(major: int = programs.NEWEST, *, only_tls: bool = False) -> Iterator[Postgres]:
    """A new server. ``only_tls``: whether it refuses connections without."""
    with folder_for_nobody() as folder:
        binaries = _readable(programs.postgres(major), folder)
        (folder / "password").write_text(ADMIN_PASSWORD, encoding="utf-8")
        data = folder / "data"
        initdb = ["-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", folder / "password", "--no-sync"]
        _run([binaries / "bin/initdb", *initdb, "--locale=C", "--encoding=UTF8"])
        _certificates(folder)
        (port,) = free_ports(1)
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
            "password_encryption": "scram-sha-256", "max_connections": 50, "ssl": "on",
            "ssl_cert_file": folder / "server.crt", "ssl_key_file": folder / "server.key",
            "log_statement": "all", "jit": "off",
        }  # fmt: skip
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in settings.items())
        kind = "hostssl" if only_tls else "host"
        (data / "pg_hba.conf").write_text(f"{kind} all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8")
        control = [binaries / "bin/pg_ctl", "-D", data, "-w", "-t", "60"]
        _run([*control, "-l", folder / "log", "start"])
        try:
            yield Postgres(port, folder, folder / "ca.crt")
        finally:
            _run([*control, "-m", "immediate", "stop"])


@contextmanager
def pgbouncer(configuration: dict[str, str]) -> Iterator[Path]:
    """PgBouncer with ``pgbouncer.ini`` and other files of its folder, until it listens; gives the folder."""
    with folder_for_nobody() as folder:
        for name, text in configuration.items():
            (folder / name).write_text(text.replace("/etc/pgbouncer-databases", str(folder)), encoding="utf-8")
        file = folder / "pgbouncer.ini"
        text = file.read_text(encoding="utf-8").replace("/etc/pgbouncer", str(folder))
        (port,) = free_ports(1)
        text = text.replace("listen_port = 6543", f"listen_port = {port}").replace(
            "listen_addr = *", "listen_addr = 127.0.0.1"
        )
        file.write_text(text, encoding="utf-8")
        (folder / "port").write_text(str(port), encoding="utf-8")
        program = programs.pgbouncer_command(_readable(programs.pgbouncer(), folder))
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*program, file], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_NOBODY)
        try:
            until("PgBouncer listens", 20, lambda: accepts(port), (folder / "log").read_text)
            yield folder
        finally:
            process.terminate()
            process.wait(20)


def _readable(binaries: Path, folder: Path) -> Path:
    """Where the server's user can read the programs: the cache of root is for root alone."""
    if not _NOBODY:
        return binaries
    shutil.copytree(binaries, folder / "native", symlinks=True, ignore=shutil.ignore_patterns("pgxs", "*.a"))
    return folder / "native"


def _certificates(folder: Path) -> None:
    """An authority, and a certificate of the server for ``localhost``."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "extensions").write_text("subjectAltName=DNS:localhost\n", encoding="utf-8")
    key = ("-newkey", "rsa:2048", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test authority")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    signing = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions")
    openssl("x509", "-req", "-in", "server.csr", "-out", "server.crt", *signing)
    (folder / "server.key").chmod(0o600)
    if _NOBODY:
        os.chown(folder / "server.key", _NOBODY["user"], _NOBODY["group"])


def _run(command: list[Any]) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=120, check=False, **_NOBODY)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
