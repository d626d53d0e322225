-- Every revenue line that there must be (§§1, 5), with P as it was signed or invoiced. Method and
-- dates are those of the position: where they come from (§4) is not asked again. `why_not` says why
-- what is earned of it can't be recomputed here.
with found as (
  select b.reading, b.line, b.document as unit, b.document, b.document_id, b.currency, b.rate, b.date,
    b.is_cost, false as signed, b.amount::numeric as price,
    b.amount::numeric as listed, null::text as why_not, b.own_details as details
  from bills b where b.bills = 'itself'
  union all
  select o.reading, o.line, o.root, o.document, o.document_id, o.currency, o.rate, o.date, false, true,
    coalesce(p.price, o.amount), coalesce(p.price, o.amount),
    case when o.modified then 'a modification restates its contract' end,
    o.details
  from obligation o
  left join price p on p.reading = o.reading and p.line = o.line
  union all
  select k.reading, k.document, k.document, k.document, k.document_id, k.currency, k.rate, k.date, true, false,
    coalesce(b.final, l.amount_minor), l.amount_minor, null, l.details
  from known_document k
  join document_line l on l.document_id = k.document_id and l.number = 1
  cross join the_close c
  left join (
    select reading, billed, case when bool_or(not partial) then sum(amount) end as final
    from bills where bills = 'expense' group by reading, billed
  ) b on b.reading = k.reading and b.billed = k.document
  where k.kind = 'expense' and c.accounts -> 'expense' ? l.account
    and l.account is distinct from c.accounts ->> 'prepayments'
    and l.account is distinct from c.accounts ->> 'accrued_expenses'
)
select f.reading, f.line,
  case when c.recognition ->> 'netting' = 'line' then f.line else f.unit end as unit,
  f.document, f.document_id, f.currency, f.currency <> c.functional as is_foreign, f.rate, f.date,
  f.is_cost, f.signed, f.price, f.listed, f.details, p.method, p.service_start as first, p.service_end as last,
  p.dates_from, p.line is not null and p.method <> 'none' as has_position, p.held, f.why_not
from found f
cross join the_close c
left join said s on s.reading = f.reading and s.line = f.line
left join position p on p.proposal_id = c.proposal_id and p.line = f.line
where not coalesce(s.excluded, false)
