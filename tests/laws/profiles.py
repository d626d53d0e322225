"""The number of books for a law, in a build and in a soak."""

import os

from hypothesis import settings

SOAK_TIMES = 10
BUILD_SHARE = 4
"""A build tries a fourth of them: the whole suite has minutes."""


def books(number: int) -> settings:
    """The settings of a law that is tried on so many books."""
    soaks = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
    return settings(max_examples=number * SOAK_TIMES if soaks else number // BUILD_SHARE)
