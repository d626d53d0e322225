"""Closes that ran before must go on under today's workflow code: saved histories replay.

The folders hold whole runs by workflow: rejections, signals, a locked period, throttles, retries, a
killed worker. After a deliberate change of a workflow, `TIEOUT_SAVE_HISTORIES=<folder> pytest
tests/close` writes new ones beside these; the old ones stay, and the change is made by `patched`.
"""

import asyncio
import json
from pathlib import Path
from typing import NoReturn

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from activities import Doors
from controls.authenticity import Verifier, new_key_pair
from store import Store
from tieout.plugin import TieoutPlugin

HISTORIES = sorted(Path(__file__).parent.glob("*/*.json"))


def nobody(_config: object) -> NoReturn:
    raise AssertionError("a replay runs no activity")


def replay(history: dict[str, object], workflow_id: str) -> None:
    doors = Doors(Store("host=nowhere"), nobody, nobody, Verifier(new_key_pair()[1]))
    replayer = Replayer(workflows=[], plugins=[TieoutPlugin(doors)])
    asyncio.run(replayer.replay_workflow(WorkflowHistory.from_json(workflow_id, history)))


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
def test_a_saved_run_replays(file: Path) -> None:
    replay(json.loads(file.read_text()), file.stem)


def test_a_run_that_differs_does_not(tmp_path: Path) -> None:
    history = json.loads(HISTORIES[0].read_text())
    scheduled = "activityTaskScheduledEventAttributes"
    event = next(event for event in history["events"] if scheduled in event)
    event[scheduled]["activityType"]["name"] = "another_activity"
    with pytest.raises(NondeterminismError):
        replay(history, "changed")
