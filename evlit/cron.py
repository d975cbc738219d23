"""What cron and systemd need to run evlit every night: texts, with absolute paths.

Cron has another folder and no variables of the person who set it up: so the store is named
absolutely and the variables come from a file that only its owner may read.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VARIABLES = (
    "NCBI_EMAIL", "NCBI_API_KEY", "EVLIT_QUERIES", "EVLIT_CACHE", "EVLIT_PACE", "HTTPS_PROXY",
    "NO_PROXY", "REQUESTS_CA_BUNDLE",
)  # fmt: skip
"""What a nightly run may need of the person's environment."""
SECRET = "NCBI_API_KEY"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class Nightly:
    """The files of a nightly run."""

    program: Path
    store: Path
    environment: Path
    """File of variables, mode 0600."""

    def command(self) -> list[str]:
        """Return the command with absolute paths."""
        return [str(self.program), "sync", "--quiet", "--source", "all", "--db", str(self.store)]

    def crontab(self) -> str:
        """Return a crontab: 03:17 local time; cron mails what is printed to MAILTO."""
        load = f"set -a; . {shlex.quote(str(self.environment))}; set +a"
        command = shlex.join(self.command()).replace("%", r"\%")  # % ends a command in a crontab
        return (
            "# crontab -e, then paste; cron mails what a run prints: only what needs a person\n"
            "MAILTO=you@example.org\n"
            f"17 3 * * *  {load}; exec {command}\n"
        )

    def service(self) -> str:
        """Return the systemd service."""
        command = " ".join(_systemd_word(word) for word in self.command())
        return (
            "[Unit]\n"
            "Description=evlit: ask PubMed what is new\n"
            "Wants=network-online.target\n"
            "After=network-online.target\n"
            "\n"
            "[Service]\n"
            "Type=oneshot\n"
            f"EnvironmentFile=-{str(self.environment).replace('%', '%%')}\n"
            f"ExecStart={command}\n"
            "Nice=10\n"
            "# 75: given up for now, the next night goes on; not a failure of the unit\n"
            "SuccessExitStatus=75\n"
        )

    def timer(self) -> str:
        """Return the systemd timer: in NCBI's quiet hours, made up for after a night off."""
        return (
            "[Unit]\n"
            "Description=evlit every night\n"
            "\n"
            "[Timer]\n"
            "OnCalendar=*-*-* 02:30:00 America/New_York\n"
            "RandomizedDelaySec=45min\n"
            "Persistent=true\n"
            "\n"
            "[Install]\n"
            "WantedBy=timers.target\n"
        )

    def variables(self, environ: Mapping[str, str], *, show_secret: bool = False) -> str:
        """Return the file of variables; the key only where it goes into the file itself."""
        lines = ["# Variables of evlit's nightly run. Only the owner may read this file."]
        for name in VARIABLES:
            value = environ.get(name, "")
            if name == SECRET and value and not show_secret:
                value = "(set; written to the file, not shown here)"
            mark = "" if value else "# "
            lines.append(f'{mark}{name}="{_quoted(value)}"')
        return "\n".join(lines) + "\n"


def _systemd_word(word: str) -> str:
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{safe}"' if any(c in safe for c in " \t\"'\\;") else safe


def _quoted(text: str) -> str:
    """Escape for double quotes, as a shell and as systemd read them."""
    return re.sub(r'([\\"$`])', r"\\\1", text)


def save_files(nightly: Nightly, folder: Path, environ: Mapping[str, str]) -> list[Path]:
    """Write service, timer, crontab and the file of variables (mode 0600); return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "evlit.service": nightly.service(),
        "evlit.timer": nightly.timer(),
        "evlit.crontab": nightly.crontab(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    nightly.environment.parent.mkdir(parents=True, exist_ok=True)
    nightly.environment.touch(mode=0o600)
    nightly.environment.chmod(0o600)
    nightly.environment.write_text(nightly.variables(environ, show_secret=True), encoding="utf-8")
    return [*(folder / name for name in texts), nightly.environment]
