"""Hypothesis strategies of whole scenarios, valid by construction (docs/scenario.md).

`scenarios` draws one; a law names the ideas that it does without:

    @given(scenarios(without={Idea.FOREIGN}))
"""

from collections.abc import Collection, Sequence

from hypothesis import strategies as st

from tests.strategies_changes import edit, override, payment, report, void, word
from tests.strategies_contracts import contract, contract_invoice, modification, renewal
from tests.strategies_documents import bill, credit, expense, expense_bill, invoice, loose_credit
from tests.strategies_draft import Data, Draft, Idea, Step
from tests.strategies_entities import CURRENCIES, adopt, closes, entities, families, rates

__all__ = ["ALL", "Idea", "scenarios"]

ALL = frozenset(Idea)
STEPS: dict[Idea, tuple[Step, ...]] = {
    Idea.OWN_LINES: (invoice,),
    Idea.CONTRACTS: (contract, contract_invoice, contract_invoice),
    Idea.MODIFICATIONS: (modification, modification),
    Idea.RENEWALS: (renewal,),
    Idea.CREDITS: (credit, credit, credit),
    Idea.LOOSE_CREDITS: (loose_credit,),
    Idea.COSTS: (bill, expense, expense_bill),
    Idea.REPORTS: (report, report),
    Idea.OVERRIDES: (override,),
    Idea.SAID: (word,),
    Idea.PAYMENTS: (payment,),
    Idea.VOIDS: (void,),
    Idea.EDITS: (edit,),
}
"""What adds documents, some more often; the other ideas are ways of these."""


@st.composite
def happenings(draw: st.DrawFn, draft: Draft) -> None:
    """One thing that happens to the book."""
    steps = [step for idea, adders in STEPS.items() if draft.has(idea) for step in adders]
    draw(st.sampled_from(steps))(draw, draft)


@st.composite
def scenarios(
    draw: st.DrawFn,
    *,
    without: Collection[Idea] = (),
    homes: Sequence[str] = ("USD", "JPY", "KWD"),
    most: int = 14,
) -> Data:
    """A scenario of at most so many things that happen, which holds none of the ideas named.

    `homes` are the functional currencies to choose from.
    """
    allowed = ALL - frozenset(without)
    ideas = allowed - draw(st.frozensets(st.sampled_from(sorted(allowed)), max_size=12))
    family = draw(families(ideas))
    draft = Draft(
        ideas, entities=draw(entities(ideas, family, homes)), periods=draw(closes(family))
    )
    few = st.lists(happenings(draft), min_size=1, max_size=3)
    many = st.lists(happenings(draft), min_size=5, max_size=most)
    draw(few if draw(st.integers(0, 4)) == 0 else many)
    data: Data = {"id": "drawn"}
    reporting = draw(st.sampled_from(CURRENCIES)) if draft.has(Idea.GROUP) else None
    if reporting is not None:
        data["reporting_currency"] = reporting
    if draft.has(Idea.ADOPTION):
        adopt(draw, draft)
    table = draw(rates(draft, reporting))
    for entity in draft.entities:
        if not entity["policy"]:
            del entity["policy"]
    data["entities"] = draft.entities
    if table:
        data["rates"] = table
    return data | {"documents": draft.documents, "close": draft.periods}
