"""Start a program on a leash: it dies with the process that started it, from its very first moment.

bubblewrap asks for that too, but only once it runs; a server killed in between would leave a build behind.
So a few lines of Python go first: ask the kernel, look whether the parent is still there, become the program.
"""

from __future__ import annotations

import os
import sys

PROGRAM = (
    "import ctypes, os, resource, sys\n"
    "ctypes.CDLL(None).prctl(1, 9)\n"  # PR_SET_PDEATHSIG, SIGKILL
    "os.getppid() == int(sys.argv[1]) or os._exit(1)\n"
    "largest = int(sys.argv[2])\n"
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))\n"
    "try:\n"
    "    os.execvp(sys.argv[3], sys.argv[3:])\n"
    "except FileNotFoundError:\n"
    "    print(sys.argv[3] + ' is not installed here')\n"
    "    os._exit(127)\n"
)


def leashed(argv: list[str], largest_file: int = -1) -> list[str]:
    """Linux alone has the kernel's part; elsewhere the arguments stay. `largest_file` in bytes; -1: any."""
    if sys.platform != "linux":
        return argv
    return [sys.executable, "-I", "-S", "-c", PROGRAM, str(os.getpid()), str(largest_file), *argv]
