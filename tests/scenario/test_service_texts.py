"""Lines as invoices have them: each is read as a person reads it, or a person is asked."""

import json
from pathlib import Path

from scenario.check import check_file

TEXTS = Path(__file__).parent / "service_texts.json"


def test_each_line_means_the_days_that_were_written_down_by_hand() -> None:
    found = check_file(TEXTS)
    assert not found, "\n".join(str(difference) for difference in found)


def test_every_line_has_an_answer() -> None:
    data = json.loads(TEXTS.read_text())
    answers = data["expect"]["2026-03"].values()
    answered = {key for each in answers for key in each["lines"]}
    asked = {problem["subject"] for each in answers for problem in each["exceptions"]}
    assert len(data["documents"]) >= 130
    assert not answered & asked
    assert answered | asked == {f"{document['id']}/1" for document in data["documents"]}
