"""The program's entry. It imports nothing before Ctrl-C has a place to end in: even imports can be interrupted."""

from __future__ import annotations

import atexit
import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    code = 130
    try:
        from search.cli import interruption

        interruption.watch()
        from search.cli.edge import run

        code = run()
        sys.stderr.flush()
    except KeyboardInterrupt:
        sys.stderr.write("search: interrupted\n")
    except OSError:
        pass  # nobody is left to be told
    except Exception as error:
        if not interruption.is_behind(error):
            raise
        sys.stderr.write("search: interrupted\n")
    # What was asked for at the end, or the folders of multiprocessing would stay. Then all files are closed and nothing
    # is left to save: taking the interpreter and ONNX Runtime apart object by object would cost a cold query a tenth of
    # its time.
    atexit._run_exitfuncs()  # noqa: SLF001 - the interpreter's own, which has no other name
    os._exit(code)
