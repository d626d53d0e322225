"""The Temporal plugin: add it to a client, and its workers can run closes.

    client = await Client.connect(address, plugins=[TieoutPlugin()])
    async with Worker(client, task_queue="tieout"): ...

It registers the workflows of the close, the group's too, with all their activities, passes our
pure floors through the workflow sandbox and leaves data converter, interceptors and everything
else of the host alone. Give it to the client only; the worker inherits it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkerConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from accounting import __name__ as accounting
from activities import Doors
from activities import __name__ as activities
from connectors import __name__ as connectors
from controls import __name__ as controls
from models import __name__ as models
from store import __name__ as store
from tieout.compose import activities_of, doors_from
from tieout.settings import read_settings
from workflows.entity_close import EntityCloseWorkflow
from workflows.group_close import GroupCloseWorkflow
from workflows.post_journals import PostJournalsWorkflow
from workflows.scheduled import (
    LookForDriftWorkflow,
    NotifyWorkflow,
    StartDueClosesWorkflow,
)

# Never `tieout` or `workflows`: the workflow files themselves must stay in the sandbox.
PASS_THROUGH = (
    accounting,
    activities,
    connectors,
    controls,
    models,
    store,
    "alembic",
    "cryptography",
    "orjson",
    "psycopg",
    "pydantic",
    "pydantic_core",
    "sqlalchemy",
    "sqlmodel",
)
WORKFLOWS = [
    EntityCloseWorkflow,
    GroupCloseWorkflow,
    LookForDriftWorkflow,
    NotifyWorkflow,
    PostJournalsWorkflow,
    StartDueClosesWorkflow,
]
ACTIVITY_THREADS = 100


def _runner(existing: WorkflowRunner | None) -> WorkflowRunner:
    runner = existing or SandboxedWorkflowRunner()
    if not isinstance(runner, SandboxedWorkflowRunner):
        return runner  # the host chose its own
    return replace(runner, restrictions=runner.restrictions.with_passthrough_modules(*PASS_THROUGH))


class TieoutPlugin(SimplePlugin):
    """Registers the close's workflows and activities.

    Without `doors` they are made from the TIEOUT_… environment when the plugin is made. Raises
    TieoutError where a setting that a worker needs is missing.
    """

    def __init__(self, doors: Doors | None = None) -> None:
        super().__init__(
            "tieout.TieoutPlugin",
            workflows=WORKFLOWS,
            activities=activities_of(doors or doors_from(read_settings())),
            workflow_runner=_runner,
        )

    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """Give our blocking activities threads, unless the host brought an executor."""
        config = super().configure_worker(config)
        # The key is there with None, so setdefault would not do.
        config["activity_executor"] = config.get("activity_executor") or ThreadPoolExecutor(
            ACTIVITY_THREADS, thread_name_prefix="tieout-activity"
        )
        return config
