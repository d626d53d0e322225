"""What the workflows command is on record: a change of it is seen, guarded and run once.

commands.txt holds the commands of the workflows' code, function by function, and of every saved run.
A close runs for weeks, and goes on under the code of the day: code that commands in another order
than the run that it finds stops that close.
"""

import difflib
import json
import os

import pytest

from tests.histories.commands import HISTORIES, RECORD, SOURCES, in_code, in_history, record

WRITE = "TIEOUT_WRITE_COMMANDS"
"""In the environment: write the record anew instead of comparing with it."""

REMEDY = f"""
Where the order of commands changed, or one came or went: let runs that began before go the old way,
`if workflow.patched("what-changed"): new else: old`, save a run that takes the new way
(TIEOUT_SAVE_HISTORIES=<folder> pytest tests/close/<that test>, its file into tests/histories/<workflow>),
and write this record anew: {WRITE}=1 pytest tests/histories/test_commands.py. Where a function was only
renamed or moved, write it anew. The saved runs of old stay, and must replay."""

NEVER_TAKEN = {
    "continue as new": "Temporal suggests it after some thousands of looks, months of a group close",
}
"""What no saved run takes, and why."""


def test_the_commands_of_the_workflows_are_as_on_record() -> None:
    told = record()
    if os.environ.get(WRITE):
        RECORD.write_text(told)
    kept = RECORD.read_text()
    changes = difflib.unified_diff(kept.splitlines(), told.splitlines(), "on record", "now", n=0)
    assert told == kept, "\n".join(changes) + REMEDY


def test_every_command_of_the_code_is_taken_by_a_saved_run() -> None:
    taken = {told for file in HISTORIES for told in in_history(json.loads(file.read_text()))}
    commands = {
        command
        for file in SOURCES
        for told in in_code(file.read_text()).values()
        for command in told
        if not command.endswith("()")
    }
    assert len(commands) > 20
    assert commands - taken == {*NEVER_TAKEN}, REMEDY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("await self._sync()\n    await self._post()", "await self._post()\n    await self._sync()"),
        ("", "await workflow.execute_activity_method(PostActivities.post_journal, 1)"),
        ("", "await workflow.sleep(60)"),
        ("await workflow.wait_condition(ready)", "await workflow.wait_condition(ready, timeout=60)"),
        ("await self._sync()", "if workflow.patched(NEW):\n        await self._sync()"),
        ("await workflow.start_child_workflow(One.run)", "await workflow.start_child_workflow(Two.run)"),
        ("await start(close)", "await start_anew(close)"),
    ],
)  # fmt: skip
def test_a_change_of_what_is_commanded_is_seen(before: str, after: str) -> None:
    frame = 'NEW = "new-way"\nclass W:\n  async def run(self):\n    await self._enter()\n    '
    assert in_code(frame + before) != in_code(frame + after)


def test_a_change_of_nothing_that_is_commanded_is_not() -> None:
    before = "async def run(self):\n    self._step = 1\n    await self._sync()"
    after = 'async def run(self):\n    """Words."""\n    self._step = 2\n    await self._sync()'
    assert in_code(before) == in_code(after) == {"run": ["_sync()"]}
