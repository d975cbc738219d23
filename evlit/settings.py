"""What a person sets from outside: base addresses, e-mail, key, folders. Environment only."""

from __future__ import annotations

import os
from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one run; ``api_key`` never shows in a repr, a message or a log."""

    eutils_url: str = EUTILS_URL
    email: str = ""
    api_key: str = field(default="", repr=False)
    cache: Path = field(default_factory=lambda: cache_folder(os.environ))
    """Where processes of this user agree on the pace (one small file a host)."""
    ctgov_url: str = CTGOV_URL
    europepmc_url: str = EUROPEPMC_URL
    fda_url: str = FDA_URL
    openfda_url: str = OPENFDA_URL


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``NCBI_EMAIL``, ``NCBI_API_KEY``, ``EVLIT_CACHE`` and the base addresses.

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
    )


def _address(env: Mapping[str, str], name: str, default: str) -> str:
    """Return a base address, ending in a slash; the door checks whether it is allowed."""
    return (env.get(name, "").strip() or default).rstrip("/") + "/"
