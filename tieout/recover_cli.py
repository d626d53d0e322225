"""`tieout close recover`: closes that Temporal has lost go on from where Postgres says they stand."""

import json
import sys
from typing import Annotated

import typer

from tieout.settings import read_settings, required


def recover(
    entity: str,
    period: str,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take a close up again after Temporal's database was lost; one that runs is left alone.

    It goes on in its step with the decisions that count; nothing is posted twice.
    """
    from tieout.client import ApiClient

    settings = read_settings()
    url = required(settings.url, "url", "the address of the page, such as http://127.0.0.1:8000")
    token = required(settings.token, "token", "a token from POST /api/v1/login")
    with ApiClient(url, token) as client:
        client.call("POST", f"/closes/{entity}/{period}/recovery", {})
        close = client.call("GET", f"/closes/{entity}/{period}")
    told = f"{entity} {period} goes on in {close['step']}. {close['detail']}".rstrip()
    sys.stdout.write((json.dumps(close, ensure_ascii=False) if as_json else told) + "\n")
