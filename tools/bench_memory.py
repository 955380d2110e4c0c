"""What memory processes hold, from /proc (Linux)."""

from pathlib import Path

PROC = Path("/proc")


def resident_mb(pid: int, proc: Path = PROC) -> float:
    """Megabytes of resident memory of a process and all that it started; 0.0 once it has ended."""
    return sum(_resident_kb(one, proc) for one in family(pid, proc)) / 1024


def family(pid: int, proc: Path = PROC) -> list[int]:
    """The process and its children, and theirs."""
    found = [pid]
    for parent in found:  # grows while it is walked
        for children in proc.glob(f"{parent}/task/*/children"):
            found += _numbers(children)
    return found


def _resident_kb(pid: int, proc: Path) -> int:
    try:
        lines = (proc / str(pid) / "status").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _numbers(file: Path) -> list[int]:
    try:
        return [int(number) for number in file.read_text().split()]
    except OSError:
        return []
