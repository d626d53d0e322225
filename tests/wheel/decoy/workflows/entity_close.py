"""A workflow file that bears the name of one of ours."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.post import host_greets


@workflow.defn
class HostWorkflow:
    """The host's own workflow."""

    @workflow.run
    async def run(self, name: str) -> str:
        """Greet."""
        return await workflow.execute_activity(
            host_greets, name, start_to_close_timeout=timedelta(seconds=10)
        )
