"""What the parent of forked commands has imported: all that commands, worker and page import late."""

import tieout.administration
import tieout.cli
import tieout.compose
import tieout.worker  # noqa: F401
