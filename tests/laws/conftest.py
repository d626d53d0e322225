"""How many books each law is tried on: a few on every build, many in a soak.

HYPOTHESIS_PROFILE=soak pytest tests/laws
"""

import os

from hypothesis import HealthCheck, Phase, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    suppress_health_check=SLOW,
    phases=[
        Phase.explicit,
        Phase.generate,
        Phase.target,
    ],  # a smaller book of a failure can take minutes to find
)
settings.register_profile("soak", deadline=None, print_blob=True, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
