-- Every revenue line that there must be (§§1, 5), with P as it was signed or invoiced. Method and
-- dates are those of the position: where they come from (§4) is not asked again. `own_bill` is what a ledger
-- line at home bills of itself, `why_not` says why what is earned of a line can't be recomputed here.
with found as (
  select b.reading, b.id, b.line, b.document as unit, b.document_id, b.number, b.currency, b.rate, b.date,
    b.is_cost, b.amount as price, b.amount as listed, false as modified,
    case when b.plainly then b.amount else 0 end as own_bill
  from bills b where b.alone
  union all
  select o.reading, o.id, o.line, o.root, o.document_id, o.number, o.currency, o.rate, o.date, false,
    coalesce(p.price, o.amount), coalesce(p.price, o.amount), o.modified, 0
  from obligation o
  left join price p on p.id = o.id
  union all
  select k.reading, k.key + 2 * l.number, k.document, k.document, k.document_id, l.number, k.currency, k.rate, k.date,
    true, coalesce(b.final, l.amount_minor), l.amount_minor, false, 0
  from known_document k
  join document_line l on l.document_id = k.document_id and l.number = 1
  join coding a on a.is_cost and a.coded = 'expense' and a.account = l.account
  left join (
    select of_line, case when bool_or(not partial) then sum(amount)::bigint end as final
    from bills where bills = 'expense' group by of_line
  ) b on b.of_line = k.key + 2
  where k.kind = 'expense'
)
select f.reading, f.id, f.line,
  case when (select nets_by_line from the_close) then f.line else f.unit end as unit,
  f.document_id, f.number, f.currency, f.currency <> (select functional from the_close) as is_foreign, f.rate, f.date,
  f.is_cost, f.price, f.listed, f.own_bill, p.method, p.service_start as first, p.service_end as last,
  p.dates_from, p.line is not null as stands, p.line is not null and p.method <> 'none' as has_position,
  case when f.modified then 'a modification restates its contract' end as why_not
from found f
left join position p on p.proposal_id = (select proposal_id from the_close) and p.line = f.line
where (f.reading, f.line) not in (select reading, line from said where excluded)
