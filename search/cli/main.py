"""The program's entry: the one place where errors become lines and exit codes."""

from __future__ import annotations

import os
import sys

from search.errors import SearchError


def main() -> None:
    """Run the command line and exit with its code."""
    from search.cli.app import app

    try:
        app()
    except SearchError as error:
        sys.stderr.write(f"search: {error.message}\n")
        if error.hint:
            sys.stderr.write(f"        {error.hint}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("search: interrupted\n")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output has gone (a pager, head): nothing is wrong, and nobody is there to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
