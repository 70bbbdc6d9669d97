"""Start a program on a leash: it dies with the process that started it, from its very first moment.

bubblewrap asks for that too, but only once it runs; a server killed in between would leave a build behind.
So a few lines of Python go first: ask the kernel, look whether the parent is still there, leave a watcher where
nothing else would end what the program starts, enter the cage (`cage.py`), shut the network where that is asked for
(`network/gate.py`), become the program.

The watcher is for commands without a fence, and for systems whose kernel does not end a child with its parent. It
holds one end of a pipe whose other end is the server's: when that closes, it ends the whole process group, itself
included. It has no parent of its own, so the program never meets it.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

PROGRAM = (
    "import os, resource, sys\n"
    "if sys.argv[2]:\n"
    "    import ctypes\n"
    "    ctypes.CDLL(None).prctl(1, 9)\n"  # PR_SET_PDEATHSIG, SIGKILL
    "os.getppid() == int(sys.argv[1]) or os._exit(1)\n"
    "if sys.argv[3]:\n"
    "    line = int(sys.argv[3])\n"
    "    if os.fork() == 0:\n"
    "        if os.fork() == 0:\n"
    "            os.chdir('/')\n"
    "            null = os.open(os.devnull, os.O_RDWR)\n"
    "            for each in (0, 1, 2):\n"
    "                os.dup2(null, each)\n"
    "            os.closerange(3, line)\n"
    "            os.closerange(line + 1, 65536)\n"
    "            os.read(line, 1)\n"
    "            os.killpg(0, 9)\n"
    "        os._exit(0)\n"
    "    os.wait()\n"
    "    os.close(line)\n"
    "largest = int(sys.argv[4])\n"
    "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))\n"
    "if sys.argv[5]:\n"
    "    with open(sys.argv[5], 'w') as door:\n"
    "        door.write(str(os.getpid()))\n"
    "if sys.argv[6]:\n"
    "    sys.path.append(sys.argv[6])\n"
    "    from network.gate import shut\n"
    "    try:\n"
    "        shut(*sys.argv[7:10])\n"
    "    except OSError as error:\n"
    "        print('The network of this command cannot be closed:', error, flush=True)\n"
    "        os._exit(126)\n"
    "try:\n"
    "    os.execvp(sys.argv[10], sys.argv[10:])\n"
    "except FileNotFoundError:\n"
    "    print(sys.argv[10] + ' is not installed here', flush=True)\n"
    "    os._exit(127)\n"
)
HERE = str(Path(__file__).parent)
Gate = tuple[str, str, str]


def leashed(
    argv: list[str], largest_file: int = -1, gate: Gate | None = None, cage: Path | None = None, *,
    line: int | None = None, platform: str = sys.platform,
) -> list[str]:  # fmt: skip
    """`largest_file` in bytes; -1: any. `cage` is the door of a control group; `line` is the `lifeline`, which the
    process must be given, for a command that nothing else ends. `platform`: what its kernel can.
    """
    kernel = "1" if platform == "linux" else ""
    network = (HERE, *gate) if gate else ("", "", "", "")
    told = (str(os.getpid()), kernel, "" if line is None else str(line), str(largest_file), str(cage or ""))
    return [sys.executable, "-I", "-S", "-c", PROGRAM, *told, *network, *argv]


@functools.cache
def lifeline() -> int:
    """The end of a pipe that closes with this process, however it ends: nobody else has the other end."""
    ours, _held = os.pipe()
    return ours
