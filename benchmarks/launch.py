"""Start a command from a small process: ``launch.py FIGURES COMMAND…``.

Linux counts the memory of the process that starts a command as the command's own; a large one
would hide what the command takes. Writes [processor seconds, wall seconds, KiB] to FIGURES and
ends with the command's exit code.
"""

import os
import sys
import time

start = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
with open(sys.argv[1], "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib is not small
    file.write(f"[{usage.ru_utime + usage.ru_stime}, {wall}, {usage.ru_maxrss}]")
sys.exit(os.waitstatus_to_exitcode(status))
