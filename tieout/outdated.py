"""After a configuration or rates were changed at the terminal: running closes calculate anew."""

import asyncio
import getpass
import secrets

from controls.messages import Acted, Answer
from store.audit import close_subject
from store.outdated import Outdated, outdated
from tieout.administration import administrator
from tieout.compose import connect
from tieout.errors import TieoutError
from tieout.settings import read_settings
from workflows.gateway import GatewayError
from workflows.temporal_gateway import TemporalGateway


def calculate_anew(because: str) -> list[str]:
    """Have every close calculate anew whose start has changed; a sentence for each.

    What they had of approvals is suspended. A close that can't be reached is named: the command
    given once more tells it, and nothing of it is posted before it has calculated anew.
    """
    with administrator() as work:
        found = outdated(work)
    if not found:
        return []
    answers = asyncio.run(_told(found, because))
    with administrator() as work:
        for each, answer in zip(found, answers, strict=True):
            work.audit.record(
                each.close.entity_id,
                "close.outdated",
                close_subject(each.close),
                reason=answer.message if not answer.accepted else "",
                after={"changed": [*each.why], "told": answer.accepted},
            )
    return [_sentence(each, answer) for each, answer in zip(found, answers, strict=True)]


async def _told(found: list[Outdated], because: str) -> list[Answer]:
    settings = read_settings()
    gateway = TemporalGateway(lambda: connect(settings), settings.task_queue)
    answers = []
    for each in found:
        acted = Acted(
            entity=each.close.entity_id,
            period=each.close.period,
            number=each.close.number,
            actor=getpass.getuser(),
            roles=(),
            nonce=secrets.token_urlsafe(16),
            because=because,
        )
        try:
            answers.append(await gateway.figures_changed(acted))
        except (GatewayError, TieoutError) as error:
            answers.append(Answer(accepted=False, message=str(error)))
    return answers


def _sentence(each: Outdated, answer: Answer) -> str:
    close = f"{each.close.entity_id} {each.close.period}"
    changed = ", ".join(name.replace("_", " ") for name in each.why)
    if answer.accepted:
        return f"{close} calculates anew ({changed}); approvals given are suspended."
    return (
        f"{close} was not told ({changed}). {answer.message} Give this command again once it can "
        "be reached; until it has calculated anew, nothing of it is posted."
    )
