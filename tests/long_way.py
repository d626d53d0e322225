"""How far tests go: a short way in every build, the long way where `make soak` sets TIEOUT_SOAK=1."""

import os

SOAKS = os.environ.get("TIEOUT_SOAK") == "1"


def times(build: int, soak: int) -> int:
    """How often something is done in a build, and how often in a soak."""
    return soak if SOAKS else build
