"""A PostgreSQL server for the tests: the one that GENKLANG_TEST_PG names, else a private cluster of our own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POSTGRES_USER = "postgres"


class MissingServer(Exception):
    """There is no server and none can be started; the sentence says what is missing."""


@dataclass(frozen=True)
class Cluster:
    """A private server that can be taken away and brought back."""

    home: Path
    programs: Path

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{POSTGRES_USER}@/postgres?host={self.home}"

    def start(self) -> None:
        options = f"-k {self.home} -c listen_addresses='' -c fsync=off -c max_connections=100"
        self._control("-o", options, "-l", str(self.home / "log"), "-w", "start")

    def stop(self) -> None:
        """As a crash would: connections are cut, nothing is written down first."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        _run(self.home, self.programs / "pg_ctl", "-D", str(self.home / "data"), *arguments)


@contextmanager
def postgres_cluster() -> Iterator[Cluster]:
    """A server of our own, whatever GENKLANG_TEST_PG says.

    Raises:
        MissingServer: PostgreSQL is not installed, or cannot be started by us.
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="genklang-pg-") as folder:
        cluster = Cluster(Path(folder), programs)
        _give_to_postgres(cluster.home)
        data = str(cluster.home / "data")
        _run(cluster.home, programs / "initdb", "-D", data, "-A", "trust", "-U", POSTGRES_USER, "-E", "UTF8", "--no-sync")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def postgres_server() -> Iterator[str]:
    """A SQLAlchemy URL of an empty database.

    Raises:
        MissingServer: PostgreSQL is not installed, or cannot be started by us.
    """
    given = os.environ.get("GENKLANG_TEST_PG")
    if given:
        yield given
        return
    with postgres_cluster() as cluster:
        yield cluster.url


def _programs() -> Path:
    """Where initdb and pg_ctl are; Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    raise MissingServer("missing: PostgreSQL (initdb); install it or set GENKLANG_TEST_PG")


def _as_postgres() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then its own user runs it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(POSTGRES_USER)
    except KeyError as error:
        raise MissingServer("missing: the user postgres, as whom root could start PostgreSQL") from error


def _give_to_postgres(home: Path) -> None:
    user = _as_postgres()
    if user is not None:
        os.chown(home, user.pw_uid, user.pw_gid)


def _run(home: Path, program: Path, *arguments: str) -> None:
    user = _as_postgres()
    try:
        subprocess.run(
            [program, *arguments],
            check=True,
            cwd=home,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            env={"PATH": str(program.parent), "LC_ALL": "C"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except subprocess.CalledProcessError as error:
        raise MissingServer(f"missing: a PostgreSQL that starts ({program.name} ended with {error.returncode})") from error
