"""The program's entry: the one place where errors become lines and exit codes."""

from __future__ import annotations

import logging
import os
import sys
from typing import NoReturn

from search.cli import log
from search.errors import SearchError

_INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    code = run()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass  # the reader has gone; there is nobody to tell
    # All files are closed and nothing is left to save: taking the interpreter and ONNX Runtime apart object by object
    # would cost a cold query a tenth of its time.
    os._exit(code)


def run() -> int:
    """Run the command line and return its exit code."""
    from search.cli.app import app

    log.set_up(log.LogForm.TEXT, logging.INFO)
    try:
        app()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    except SearchError as error:
        hint = f"\n        {error.hint}" if error.hint and not log.is_structured() else ""
        log.error(f"search: {error.message}{hint}", error=type(error).__name__, hint=error.hint, code=error.exit_code)
        return error.exit_code
    except KeyboardInterrupt:
        log.error("search: interrupted", code=_INTERRUPTED)
        return _INTERRUPTED
    except BrokenPipeError:
        pass  # a pager or head that has seen enough
    return 0


if __name__ == "__main__":
    main()
