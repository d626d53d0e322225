"""Build hook: the folders of the repository become one import package in the wheel.

`workflows.entity_close` in a checkout is `tieout.workflows.entity_close` once installed, so that a project with
a `workflows/` of its own can install us. Only `from <floor> import` and `from <floor>.x import` are rewritten;
any other import of a floor ends the build, and so does a floor that is missing.
"""

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FACE = "tieout"
FLOORS = (
    "accounting",
    "controls",
    "scenario",
    "models",
    "store",
    "connectors",
    "activities",
    "workflows",
    "api",
)
DATA = ("templates", "migrations")
NAMES = "|".join(FLOORS)
IMPORT = re.compile(rf"^([ \t]*from )({NAMES})(?=[. ])", re.MULTILINE)
NOT_REWRITTEN = re.compile(
    rf"^[ \t]*import ({NAMES})\b|^[ \t]*import [^#\n]*,[ \t]*({NAMES})\b|;[ \t]*(from|import) ({NAMES})\b",
    re.MULTILINE,
)


class OnePackageHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's parameter is its own config type
    """Stages the checkout as one package and hands it to hatchling; an editable install stays as it lies."""

    staging: "tempfile.TemporaryDirectory[str] | None" = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the wheel is written; `version` is "standard" or "editable"."""
        if version == "editable":
            return
        self.staging = tempfile.TemporaryDirectory()
        package = Path(self.staging.name, FACE)
        made_here = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(Path(self.root, FACE), package, ignore=made_here)
        for folder in FLOORS + DATA:
            shutil.copytree(Path(self.root, folder), package / folder, ignore=made_here)
        for source in sorted(package.rglob("*.py")):
            source.write_text(rewritten(source.read_text(), str(source.relative_to(package))))
        build_data["force_include"][str(package)] = FACE

    def finalize(self, _version: str, _build_data: dict[str, Any], _artifact_path: str) -> None:
        """Called by hatchling after the wheel is written."""
        if self.staging is not None:
            self.staging.cleanup()


def rewritten(text: str, where: str) -> str:
    """The source `text` with first-party imports below `tieout`. Raises ValueError, naming `where`, for other forms."""
    if wrong := NOT_REWRITTEN.search(text):
        raise ValueError(f"{where}: write 'from x.y import z', not {wrong[0].strip()!r}")
    return IMPORT.sub(rf"\1{FACE}.\2", text)
