"""What a build has no time for: `make soak` sets TIEOUT_SOAK=1 and goes the long way."""

import os

import pytest

SOAKS = os.environ.get("TIEOUT_SOAK") == "1"
LONG_WAY = pytest.mark.skipif(not SOAKS, reason="the long way: make soak")
