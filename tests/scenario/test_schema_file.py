"""docs/scenario.schema.json and docs/scenario.md say what the program reads."""

import json
import re
from pathlib import Path

from scenario.parts import json_schema, schema_text
from scenario.schema import parse

DOCS = Path(__file__).parent.parent.parent / "docs"
REMEDY = "run `tieout scenario schema > docs/scenario.schema.json`"


def test_the_schema_file_is_current() -> None:
    assert (DOCS / "scenario.schema.json").read_text() == schema_text(), REMEDY


def test_every_key_of_the_format_is_documented() -> None:
    text = (DOCS / "scenario.md").read_text()
    parts = [json_schema(), *json_schema()["$defs"].values()]
    keys = {key for part in parts for key in part.get("properties", {})}
    missing = sorted(key for key in keys if not re.search(rf'[`"]{key}[`"]', text))
    assert not missing, f"docs/scenario.md does not name {missing}"


def test_the_documented_scenarios_can_be_read() -> None:
    text = (DOCS / "scenario.md").read_text()
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        parse(json.loads(block))
