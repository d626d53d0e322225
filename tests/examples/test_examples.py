"""Worked examples that other people published: each file's figures, to the minor unit."""

from pathlib import Path

import pytest

from scenario.check import check_file

EXAMPLES = sorted(Path(__file__).parent.glob("*.json"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 86


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_close_gives_the_published_figures(example: Path) -> None:
    found = check_file(example)
    assert not found, "\n".join(str(difference) for difference in found)
