"""The program `seed`. `seed diff` asks no server and stands in pipelines, where its start counts: it is loaded alone,
and nobody looks for cycles in a process this short.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """The program's entry."""
    if sys.argv[1:2] == ["diff"]:
        gc.disable()
        from seed.cli.plain import plain_question

        asked = plain_question(sys.argv[2:])
        if asked is not None:
            from seed.cli.compare_files import compare_files
            from seed.cli.terminal import terminal

            with terminal():
                sys.exit(compare_files(asked))

    from seed.cli.main import main as every_command

    every_command()


if __name__ == "__main__":
    main()
