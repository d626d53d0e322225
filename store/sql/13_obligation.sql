-- The obligations of each contract (§5), as listed last; `modified` where anything restates it (§7).
select distinct on (c.reading, c.root, l.line_id) c.reading, c.root,
  c.root || '/' || l.line_id as line, c.document, c.document_id, c.currency, c.date, c.rate,
  l.number, l.amount_minor as amount, l.product, l.dimensions, l.details, c.details as terms,
  l.account, exists (
    select from contract_known m where m.reading = c.reading and m.root = c.root and not m.signed
  ) as modified
from contract_known c
join document_line l on l.document_id = c.document_id
where exists (
  select from contract_known s where s.reading = c.reading and s.root = c.root and s.signed
)
order by c.reading, c.root, l.line_id, c.place desc
