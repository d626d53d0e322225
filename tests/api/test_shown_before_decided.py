"""What a page shows is on record before anybody has it: a decision at once may name it."""

import json

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from controls.steps import Awaiting, Step
from store.errors import NotFoundError
from tests.api.site import PERIOD, Site


class AtTheWire:
    """The application, and what is on record when the first byte of an answer leaves it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.on_record: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.body" and message.get("body"):
                seen = json.loads(message["body"])["seen"]
                with self.site.store.unit_of_work(self.site.actor) as work:
                    self.on_record.append(work.approvals.seen(seen))
            await send(message)

        await self.site.app(scope, receive, watched)


def test_what_is_shown_is_on_record_when_the_answer_leaves(site: Site) -> None:
    site.close(Step.REVIEW, Awaiting.APPROVAL)
    site.propose_again()  # nobody has seen this one
    wire = AtTheWire(site)
    reader = site.person("reads-at-the-wire", "auditor")
    client = TestClient(wire, headers=dict(reader.headers))
    try:
        shown = client.get(f"/api/v1/closes/us/{PERIOD}").json()
    except NotFoundError as early:
        pytest.fail(f"the answer left before what it shows was on record: {early}")
    (kept,) = wire.on_record
    assert json.loads(kept)["proposal_hash"] == shown["proposal_hash"]
