"""A PostgreSQL server for the tests: the one that GENKLANG_TEST_PG names, else a private cluster of our own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POSTGRES_USER = "postgres"


class MissingServer(Exception):
    """There is no server and none can be started; the sentence says what is missing."""


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
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="genklang-pg-") as folder:
        home = Path(folder)
        _give_to_postgres(home)
        _run(home, programs / "initdb", "-D", str(home / "data"), "-A", "trust", "-U", POSTGRES_USER, "-E", "UTF8", "--no-sync")
        options = f"-k {home} -c listen_addresses='' -c fsync=off -c max_connections=100"
        _run(home, programs / "pg_ctl", "-D", str(home / "data"), "-o", options, "-l", str(home / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg://{POSTGRES_USER}@/postgres?host={home}"
        finally:
            _run(home, programs / "pg_ctl", "-D", str(home / "data"), "-m", "immediate", "stop")


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
