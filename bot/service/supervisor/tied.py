"""Becomes another program that cannot outlive its parent: `python tied.py PARENT_PID NICENESS COMMAND...`

Run as a file of its own between fork and exec, so that no Python runs in a half-copied, multi-threaded process.
On Linux the kernel kills the program when the parent ends, even by kill -9; elsewhere only a clean end of the parent
ends it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tie_to_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL at the parent's end; end now if the parent was gone before that was asked."""
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        sys.exit("the kernel refuses to tie this process to its parent")
    if os.getppid() != parent:
        sys.exit("the parent has ended")


def main() -> None:
    """Tie, then become the command; its failure to start is this process's (status 1, the reason on stderr)."""
    tie_to_parent(int(sys.argv[1]))
    os.nice(int(sys.argv[2]))
    command = sys.argv[3:]
    try:
        os.execv(command[0], command)  # noqa: S606 (the supervisor's own command line, no outside text)
    except OSError as error:
        sys.exit(f"{command[0]} does not start: {error.strerror}")


if __name__ == "__main__":
    main()
