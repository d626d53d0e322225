"""Northwind Analytics as it stands on the business date, with the books a spreadsheet kept."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from sandbox.world import background, cases_de, cases_uk, cases_us, crowd
from sandbox.world.builder import NAMESPACE, Bookkeeper, stamp
from sandbox.world.charts import Entity, entity_keys, entity_of
from sandbox.world.postings import of_document
from sandbox.world.reckoning import Reports, positions
from sandbox.world.records import Books, Document, Journal, JournalLine, Opportunity, World
from sandbox.world.routine import HISTORY_START, month_ends
from sandbox.world.seller import Seller
from sandbox.world.slips import PLANTED

ADOPTION = date(2026, 8, 31)
CASES = {"uk": cases_uk, "us": cases_us, "de": cases_de}


def northwind(today: date, seed: int, *, crowded: bool = True, copies: int = 0) -> World:
    """The whole group, with or without the ordinary customers beside its cases, and so many copies
    of its British entity; the same for the same arguments.
    """
    crm = Seller(today, seed)
    books = {}
    keepers = {}
    for key in entity_keys(copies):
        entity = entity_of(key)
        keeper = Bookkeeper(entity, today, seed, Random(f"{seed}/{key}"))
        CASES[entity.original].add(keeper, crm)
        background.add(keeper, crm)
        if crowded:
            crowd.add(keeper, crm)
        keepers[key] = keeper
    for key, keeper in keepers.items():
        documents = keeper.finish()
        for contact in keeper.contacts.values():
            if not contact.supplier and not contact.name.startswith("Northwind"):
                crm.account(contact.name)
        deals = [deal for deal in crm.opportunities if deal.entity == key]
        sold = {deal.id for deal in deals}
        told: Reports = [*crm.usage, *crm.deliveries]
        reports = [report for report in told if report.opportunity in sold]
        journals = tuple(spreadsheet(keeper.entity, documents, deals, reports, today, seed))
        books[key] = Books(
            key, keeper.chart(), tuple(keeper.contacts.values()), documents, journals
        )
    return World(
        today,
        books,
        tuple(crm.accounts.values()),
        tuple(crm.opportunities),
        tuple(crm.usage),
        tuple(crm.deliveries),
    )


def spreadsheet(
    entity: Entity,
    documents: tuple[Document, ...],
    deals: list[Opportunity],
    reports: Reports,
    today: date,
    seed: int,
) -> Iterator[Journal]:
    """One journal per month end and balance account: to the reckoned position from what the
    account held, invoices that were coded straight to it included; but for its own mistakes.
    """
    chart = entity.chart
    slips = [slip for slip in PLANTED if slip.entity == entity.key]
    held = dict.fromkeys((chart.deferred, chart.accrued, chart.prepaid, chart.accrued_expenses), 0)
    direct = [
        posting
        for document in documents
        for posting in of_document(document, chart)
        if posting[1] in held
    ]
    number = 0
    since = HISTORY_START - timedelta(days=1)
    for end in month_ends(HISTORY_START, min(ADOPTION, today)):
        for day, account, amount in direct:
            if since < day <= end:
                held[account] += amount
        since = end
        at = positions(documents, deals, reports, end)
        wrong = {"deferred": 0, "prepaid": 0}
        for slip in slips:
            wrong[slip.account] += slip.stands(documents, end)
        deferred, prepaid = at.deferred + wrong["deferred"], at.prepaid + wrong["prepaid"]
        for name, account, against, target in (
            ("Deferred revenue", chart.deferred, chart.subscription, -deferred),
            ("Accrued revenue", chart.accrued, chart.subscription, at.accrued),
            ("Prepaid expenses", chart.prepaid, chart.insurance, prepaid),
            ("Expenses accrued", chart.accrued_expenses, chart.hosting, -at.accrued_expenses),
        ):
            movement = target - held[account]
            held[account] = target
            if movement:
                number += 1
                yield _journal(entity, end, name, (account, against, movement), number, seed)


def _journal(
    entity: Entity, end: date, name: str, move: tuple[str, str, int], number: int, seed: int
) -> Journal:
    account, against, amount = move
    narration = f"{name} {end:%B %Y} (close spreadsheet)"
    quickbooks = entity.vendor == "quickbooks"
    key = uuid.uuid5(NAMESPACE, f"{seed}/{entity.key}/journal/{narration}")
    return Journal(
        id=str(2000 + number) if quickbooks else str(key),
        date=end,
        narration=narration,
        number=f"SS-{end:%y%m}-{name[:3].upper()}",
        lines=(JournalLine(account, amount, name), JournalLine(against, -amount, name)),
        modified=stamp(end + timedelta(days=4), number),
    )
