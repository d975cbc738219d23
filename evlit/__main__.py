"""The command ``evlit``, also as ``python -m evlit``.

Loading takes a tenth of a second; Ctrl-C in it must not print a traceback either. So this
module loads nothing and leaves the reading of the command line to ``evlit.cli``.
"""

from __future__ import annotations

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Load and run the command line; leave with a documented exit code."""
    # Where Ctrl-C is ignored (nohup, a job in the background) it stays ignored.
    listening = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if listening:
        signal.signal(signal.SIGINT, _leave)
    from evlit.cli import main as command  # noqa: PLC0415 - this is the loading

    try:
        if listening:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        command()
    except KeyboardInterrupt:  # where the command line could not catch it
        _leave()
    finally:
        if listening:  # all is said and done; what is left is tidying up
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _leave(*_: object) -> None:
    """Go at once, with a word and no traceback."""
    os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
