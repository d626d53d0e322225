"""What Postgres says of an entity's documents that stand alone: one row a line, everything in columns.

The query names what makes a line plain (accounting/vectorised_plain.py) and reads it; whether a
document is plain as a whole is decided over its lines (plain_lines.py). What it is not sure of it
marks as not plain: then the document is read object by object, as any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from psycopg import sql

from accounting.policy import BALANCE_ROLES, Netting, RecognitionPolicy, Role
from controls.posting import IN_LEDGER
from models import CloseRow

AMOUNT_MAX = 2**60
"""As of vectorised_compile.py: what arrays reckon with without running over."""

QUERY = """
with apart as materialized (
    select source_id from document where entity_id = {entity} and not ({alone})
    union select details ->> 'credits' from document
    where entity_id = {entity} and not ({alone}) and details ? 'credits'
    union select split_part(line.details ->> 'against', '/', 1)
    from document_line line join document on document.id = line.document_id
    where entity_id = {entity} and line.details ? 'against'
    union select unnest({touched}::text[])
),
lined as (
    select document.id as document_id, line.number,
        document.source_id || case line.line_id when '' then '' else '/' || line.line_id end as key,
        document.source_id, document.content_hash,
        document.kind in ('bill', 'bill_credit') as is_cost,
        document.currency, document.rate, document.date, document.open_from,
        line.account, line.product, line.dimensions, line.details,
        line.service_start, line.service_end, line.amount_minor
    from document left join document_line line on line.document_id = document.id
        and not document.voided and greatest(document.date, document.open_from) <= {end}
        and line.account = any(
            case when document.kind in ('bill', 'bill_credit') then {costs}::text[]
            else {sales}::text[] end)
    where entity_id = {entity} and {alone}
        and not exists (select from apart where apart.source_id = document.source_id)
),
part as (
    select line, unit, role, account, dimensions, amount_minor
    from journal_part join journal on journal.id = journal_part.journal_id
    where journal.entity_id = {entity} and journal.state = any({in_ledger})
    union all select line, unit, role, account, dimensions, amount_minor
    from journal_part join close on close.proposal_id = journal_part.proposal_id
    where close.entity_id = {entity} and close.step = 'closed' and journal_id is null
),
booked as (
    select line, min(place) as place, min(place) = max(place) as one_place, {sums}
    from (
        select *, (unit || chr(10) || account || chr(10) || dimensions) collate "C" as place from part
    ) placed
    group by line
)
select coalesce(lined.document_id, 0)::bigint as document_id,
    coalesce(lined.number, 0)::bigint as number, coalesce(lined.key, '') as key,
    coalesce(lined.source_id, frozen.document, split_part(booked.line, '/', 1)) as source_id,
    lined.content_hash, coalesce(lined.is_cost, false) as is_cost,
    coalesce(lined.currency, {functional}) as currency, coalesce(lined.rate, '') as rate,
    coalesce(lined.account, '') as account, lined.product,
    coalesce(lined.dimensions, '') as dimensions,
    coalesce(lined.date - date '0001-01-01' + 1, 0)::bigint as billed,
    coalesce(greatest(lined.date, lined.open_from) - date '0001-01-01' + 1, 0)::bigint as known,
    coalesce(lined.service_start - date '0001-01-01' + 1, 0)::bigint as start,
    coalesce(lined.service_end - date '0001-01-01' + 1, 0)::bigint as end,
    coalesce(lined.amount_minor, 0) as amount,
    coalesce(frozen.recognised_to_date_minor, 0) as frozen_recognised,
    coalesce(frozen.billed_to_date_minor, 0) as frozen_billed,
    coalesce(frozen.ahead_minor, 0) as frozen_ahead,
    coalesce(frozen.in_a_year_minor, 0) as frozen_in_a_year,
    coalesce(frozen.negative, true) as frozen_negative,
    {booked_sums},
    lined.number is null or (
        lined.details = '{{}}' and lined.account <> all({straight}::text[])
        and lined.service_start <= lined.service_end and abs(lined.amount_minor) < {amount_max}
        and (frozen.line is null or (
            frozen.unit = {unit} and frozen.is_cost = lined.is_cost
            and frozen.account = lined.account and frozen.dimensions = lined.dimensions
            and frozen.coded = '{{}}'))
        and (booked.line is null or (
            booked.one_place and booked.place =
                {unit} || chr(10) || lined.account || chr(10) || lined.dimensions))
    ) is true as plain
from lined
    full join (select * from position where proposal_id = {last}) frozen
        on frozen.line = lined.key
    full join booked on booked.line = coalesce(lined.key, frozen.line)
order by lined.key collate "C", lined.document_id
"""
"""A row a line of a document that stands alone; a row without a line for such a document that has
none in scope; and one without a document for what is frozen or booked and no such line's.
"""


ALONE = sql.SQL(
    "document.version = 1 and document.kind in ('invoice', 'credit_note', 'bill', 'bill_credit')"
    " and document.contract is null and document.details = '{}'"
    " and document.source_id not like '%/%'"
)
"""What a document must be to stand alone; whose name another one has, or says, does not."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which close, by which policy; `last` is the proposal that the close before froze, `touched`
    the documents that people, reports, voids or refunds name.
    """

    close: CloseRow
    policy: RecognitionPolicy
    last: int | None
    touched: Iterable[str]

    @property
    def end(self) -> date:
        """The last day that the close sees."""
        return self.close.period_end


def documents_query(asked: Asked) -> sql.Composed:
    """The rows of all the entity's documents."""
    words = sql.SQL("select id::bigint as id from document where entity_id = {}")
    return words.format(sql.Literal(asked.close.entity_id))


def plain_query(asked: Asked) -> sql.Composed:
    """The query with all that it asks for put in."""
    accounts = asked.policy.accounts
    balances = {role: accounts.of(role) if accounts.has(role) else "" for role in BALANCE_ROLES}
    ahead, behind = balances[Role.DEFERRED_REVENUE], balances[Role.ACCRUED_REVENUE]
    prepaid, owed = balances[Role.PREPAYMENTS], balances[Role.ACCRUED_EXPENSES]
    return sql.SQL(QUERY).format(
        entity=sql.Literal(asked.close.entity_id),
        alone=ALONE,
        touched=_texts(asked.touched),
        functional=sql.Literal(asked.policy.functional_currency),
        last=sql.Literal(asked.last),
        in_ledger=_texts(state.value for state in IN_LEDGER),
        end=sql.Literal(asked.end),
        sales=_texts([*accounts.revenue, ahead, behind]),
        costs=_texts([*accounts.expense, prepaid, owed]),
        straight=_texts(each for each in balances.values() if each),
        unit=sql.SQL(
            "lined.source_id" if asked.policy.netting is Netting.CONTRACT else "lined.key"
        ),
        amount_max=sql.Literal(AMOUNT_MAX),
        sums=sql.SQL(", ").join(
            sql.SQL("coalesce(sum(amount_minor) filter (where role = {}), 0)::bigint as {}").format(
                sql.Literal(role.value), sql.Identifier(role.value)
            )
            for role in BALANCE_ROLES
        ),
        booked_sums=sql.SQL(", ").join(
            sql.SQL("coalesce(booked.{0}, 0) as {0}").format(sql.Identifier(role.value))
            for role in BALANCE_ROLES
        ),
    )


def _texts(values: Iterable[str]) -> sql.Composable:
    return sql.Literal(sorted({*values}))
