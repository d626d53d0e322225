-- The ledger's lines, and what each is coded to as far as that is the close's business (§5): an
-- account of revenue or cost, or one of the close's balance accounts.
select k.reading, k.document || case when l.line_id = '' then '' else '/' || l.line_id end as line,
  k.document, k.document_id, k.kind, k.date, k.currency, k.rate, k.is_cost, k.is_credit, k.contract,
  row_number() over (partition by k.reading order by k.date, k.document collate "C", k.kind, l.number) as place,
  l.amount_minor as amount, l.account, l.product, l.text, l.service_start, l.dimensions, l.details as own_details,
  l.details ->> 'obligation' as obligation, l.details ->> 'expense' as expense,
  coalesce((l.details ->> 'partial')::boolean, false) as partial,
  k.details ->> 'credits' as credits, l.details ->> 'against' as against,
  l.details ->> 'effect' as effect, (l.details ->> 'effective')::date as effective,
  case
    when not k.is_cost and l.account = a ->> 'deferred_revenue' then 'deferred_revenue'
    when not k.is_cost and l.account = a ->> 'accrued_revenue' then 'accrued_revenue'
    when not k.is_cost and a -> 'revenue' ? l.account then 'revenue'
    when k.is_cost and l.account = a ->> 'prepayments' then 'prepayments'
    when k.is_cost and l.account = a ->> 'accrued_expenses' then 'accrued_expenses'
    when k.is_cost and a -> 'expense' ? l.account then 'expense'
  end as coded
from known_document k
join document_line l on l.document_id = k.document_id
cross join (select accounts from the_close) t(a)
where k.kind not in ('contract', 'expense')
