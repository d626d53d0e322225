-- The obligations of each contract (§5), as listed last; `modified` where anything restates it (§7).
select distinct on (c.reading, c.root, l.line_id) c.reading, c.root,
  c.root || '/' || l.line_id as line, c.document, c.document_id, c.currency, c.date, c.rate,
  l.number, l.amount_minor as amount, l.product, l.dimensions, l.details, c.details as terms,
  l.account, count(*) filter (where not c.signed) over (partition by c.reading, c.root) > 0 as modified
from contract_known c
join document_line l on l.document_id = c.document_id
where exists (
  select from contract_known s where s.reading = c.reading and s.root = c.root and s.signed
)
order by c.reading, c.root, l.line_id, c.place desc
