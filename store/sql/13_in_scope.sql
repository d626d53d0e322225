-- The ledger's lines that are the close's business and that nobody excluded (§5); `takes_back` marks
-- those that credit another one, `refers` those that say, themselves or by their document, what they bill.
with ledger_line as (
  select k.reading, k.key + 2 * l.number as id, k.document_id, l.number,
    k.document || case when l.line_id = '' then '' else '/' || l.line_id end as line,
    k.document, k.kind, k.date, k.currency, k.rate, k.is_cost, k.is_credit, k.contract, k.credits,
    l.amount_minor as amount, l.product, l.service_start, c.coded,
    case when k.is_credit then l.text end as text,
    l.details ->> 'obligation' as obligation, l.details ->> 'expense' as expense,
    coalesce((l.details ->> 'partial')::boolean, false) as partial,
    l.details ->> 'against' as against, l.details ->> 'effect' as effect,
    (l.details ->> 'effective')::date as effective
  from document_line l
  join known_document k on k.document_id = l.document_id
  join coding c on c.account = l.account and c.is_cost = k.is_cost
  where k.kind not in ('contract', 'expense')
  offset 0
)
select l.*, l.is_credit and (l.against is not null or l.credits is not null) as takes_back,
  l.obligation is not null or l.contract is not null or l.expense is not null as refers
from ledger_line l
where (l.reading, l.line) not in (select reading, line from said where excluded)
