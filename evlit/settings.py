"""What a person sets from outside: base addresses, e-mail, key, folders. Environment only."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evlit.errors import UsageError
from evlit.kept import cache_folder

EUTILS_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
CTGOV_URL = "https://clinicaltrials.gov/api/v2/"
EUROPEPMC_URL = "https://www.ebi.ac.uk/europepmc/webservices/rest/"
FDA_URL = "https://www.fda.gov/"
OPENFDA_URL = "https://api.fda.gov/"
TOOL = "evlit"
PLACES = ("/run/lock", "/tmp")  # noqa: S108 - what is opened there is opened with care
"""Folders that all users of a machine see as one. ``TMPDIR`` is not asked: it is a user's own."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one run; ``api_key`` never shows in a repr, a message or a log."""

    eutils_url: str = EUTILS_URL
    email: str = ""
    api_key: str = field(default="", repr=False)
    cache: Path = field(default_factory=lambda: cache_folder(os.environ))
    """The user's folder for what can be made again."""
    ctgov_url: str = CTGOV_URL
    europepmc_url: str = EUROPEPMC_URL
    fda_url: str = FDA_URL
    openfda_url: str = OPENFDA_URL
    pace: Path | None = None
    """Where all processes of this machine agree on the pace; None = in the cache."""


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``NCBI_EMAIL``, ``NCBI_API_KEY``, ``EVLIT_CACHE``, ``EVLIT_PACE`` and base addresses.

    The addresses are ``EVLIT_EUTILS_URL``, ``EVLIT_CTGOV_URL``, ``EVLIT_EUROPEPMC_URL``,
    ``EVLIT_FDA_URL`` and ``EVLIT_OPENFDA_URL``.

    :raises UsageError: a value that cannot be meant (white space inside a key or e-mail)
    """
    env = os.environ if environ is None else environ
    email, key = env.get("NCBI_EMAIL", "").strip(), env.get("NCBI_API_KEY", "").strip()
    for name, value in (("NCBI_EMAIL", email), ("NCBI_API_KEY", key)):
        if any(ch.isspace() or not ch.isprintable() for ch in value) or not value.isascii():
            raise UsageError(name, "holds white space or signs that cannot be sent", "set it anew")
    if email and "@" not in email:
        raise UsageError("NCBI_EMAIL", "is not an e-mail address", "give the address NCBI may use")
    return Settings(
        _address(env, "EVLIT_EUTILS_URL", EUTILS_URL),
        email,
        key,
        cache_folder(env),
        _address(env, "EVLIT_CTGOV_URL", CTGOV_URL),
        _address(env, "EVLIT_EUROPEPMC_URL", EUROPEPMC_URL),
        _address(env, "EVLIT_FDA_URL", FDA_URL),
        _address(env, "EVLIT_OPENFDA_URL", OPENFDA_URL),
        Path(env["EVLIT_PACE"]) if env.get("EVLIT_PACE") else machine_folder(),
    )


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    """Return a base address, ending in a slash; the door checks whether it is allowed."""
    return (env.get(name, "").strip() or default).rstrip("/") + "/"


def machine_folder(places: Sequence[str] = PLACES) -> Path | None:
    """Return the folder that all users of this machine share; None = there is none.

    It must belong to root and be open to all with the sticky bit, so that nobody can take
    another's file away.
    """
    for place in places:
        try:
            found = os.lstat(place)
        except OSError:
            continue
        shared = stat.S_ISVTX | stat.S_IWOTH
        if stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and found.st_mode & shared == shared:
            return Path(place)
    return None
