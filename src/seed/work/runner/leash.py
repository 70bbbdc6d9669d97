"""Start a program on a leash: it dies with the process that started it, from its very first moment.

bubblewrap asks for that too, but only once it runs; a server killed in between would leave a build behind.
So a few lines of Python go first: ask the kernel, look whether the parent is still there, enter the cage
(`cage.py`), shut the network where that is asked for (`network/gate.py`), become the program.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

PROGRAM = (
    "import ctypes, os, resource, sys\n"
    "ctypes.CDLL(None).prctl(1, 9)\n"  # PR_SET_PDEATHSIG, SIGKILL
    "os.getppid() == int(sys.argv[1]) or os._exit(1)\n"
    "largest = int(sys.argv[2])\n"
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))\n"
    "if sys.argv[3]:\n"
    "    with open(sys.argv[3], 'w') as door:\n"
    "        door.write(str(os.getpid()))\n"
    "if sys.argv[4]:\n"
    "    sys.path.append(sys.argv[4])\n"
    "    from network.gate import shut\n"
    "    try:\n"
    "        shut(*sys.argv[5:8])\n"
    "    except OSError as error:\n"
    "        print('The network of this command cannot be closed:', error)\n"
    "        os._exit(126)\n"
    "try:\n"
    "    os.execvp(sys.argv[8], sys.argv[8:])\n"
    "except FileNotFoundError:\n"
    "    print(sys.argv[8] + ' is not installed here')\n"
    "    os._exit(127)\n"
)
HERE = str(Path(__file__).parent)
Gate = tuple[str, str, str]


def leashed(argv: list[str], largest_file: int = -1, gate: Gate | None = None, cage: Path | None = None) -> list[str]:
    """Linux alone has the kernel's part; elsewhere the arguments stay. `largest_file` in bytes; -1: any.
    `cage` is the door of a control group.
    """
    if sys.platform != "linux":
        return argv
    network = (HERE, *gate) if gate else ("", "", "", "")
    door = str(cage or "")
    return [sys.executable, "-I", "-S", "-c", PROGRAM, str(os.getpid()), str(largest_file), door, *network, *argv]
