"""In which order files are run: whole systems first, so that no long file begins last."""

import pytest

LONGEST = ("test_crash_points.py", "test_demo.py")
SYSTEMS = ("faults", "close", "pages", "wheel")
"""Folders whose tests run whole systems: a file takes up to a minute, most of it waiting."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Longest first. With xdist, take --no-loadscope-reorder: else it takes the files with the
    most tests first, and these have few.
    """
    tests = config.rootpath / "tests"

    def rank(item: pytest.Item) -> tuple[bool, int]:
        folder = item.path.relative_to(tests).parts[0]
        place = SYSTEMS.index(folder) if folder in SYSTEMS else len(SYSTEMS)
        return (item.path.name not in LONGEST, place)

    items.sort(key=rank)
