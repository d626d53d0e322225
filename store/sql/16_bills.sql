-- What each ledger line bills (§5): a person's word first, then the line's, then its document's
-- contract by product. What is not known is billed by nobody: a line of its own, `alone`. `of_line` is the
-- id of the line that it bills, `root` the contract that it bills as a whole; `plainly` is one that bills
-- itself, at home, coded to revenue or cost.
with named as (
  select l.*, coalesce(s.obligation, l.obligation) as reference
  from in_scope l
  left join said s on s.reading = l.reading and s.line = l.line
  where not l.takes_back and (l.refers
    or (l.reading, l.line) in (select reading, line from said where obligation is not null))
), keyed as (
  select n.*, coalesce(r.root, split_part(n.reference, '/', 1))
    || substr(n.reference, length(split_part(n.reference, '/', 1)) + 1) as key,
    coalesce(c.root, n.contract) as of_contract
  from named n
  left join root r on r.contract = split_part(n.reference, '/', 1)
  left join root c on c.contract = n.contract
), by_product as (
  select reading, root, product, count(*) as fitting, min(id) as id
  from obligation group by reading, root, product
), contract as (
  select distinct reading, root from obligation
), judged as (
  select l.*,
    case
      when l.is_cost then case when e.document is not null then 'expense' else 'itself' end
      when l.reference is not null then
        case when c.root is not null then 'whole' when o.line is not null then 'obligation' else 'itself' end
      when l.is_credit or w.root is null then 'itself'
      when p.fitting = 1 then 'obligation'
      else 'unclear'
    end as bills,
    e.key + 2 as expense_id, o.id as obligation_id, p.id as fitting_id, c.root as whole
  from keyed l
  left join known_document e on e.reading = l.reading and e.kind = 'expense' and e.document = l.expense
  left join contract c on c.reading = l.reading and c.root = l.key
  left join obligation o on o.reading = l.reading and o.line = l.key
  left join contract w on w.reading = l.reading and w.root = l.of_contract
  left join by_product p on p.reading = l.reading and p.root = l.of_contract
    and p.product is not distinct from l.product
)
select reading, id, document_id, number, line, document, kind, date, currency, rate, is_cost, amount, coded, product,
  service_start, partial, 'itself' as bills, true as alone, id as of_line, null as root,
  coded in ('revenue', 'expense') and currency = (select functional from the_close) as plainly
from in_scope
where not takes_back and not refers
  and (reading, line) not in (select reading, line from said where obligation is not null)
union all
select reading, id, document_id, number, line, document, kind, date, currency, rate, is_cost, amount, coded, product,
  service_start, partial, bills, bills = 'itself',
  case bills when 'itself' then id when 'expense' then expense_id
    when 'obligation' then case when reference is not null then obligation_id else fitting_id end end,
  case when bills = 'whole' then whole end, false
from judged
