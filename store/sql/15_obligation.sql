-- The obligations of each contract (§5), as listed last; `modified` where anything restates it (§7).
with listed as (
  select c.reading, c.root, c.key + 2 * l.number as id, c.root || '/' || l.line_id as line, l.line_id,
    c.document, c.document_id, c.currency, c.date, c.rate, l.number, l.amount_minor as amount, l.product,
    l.details, c.details as terms, c.modified, c.place
  from document_line l
  join contract_known c on c.document_id = l.document_id
  where c.begun
)
select * from listed where not modified
union all (
  select distinct on (reading, root, line_id) * from listed where modified
  order by reading, root, line_id, place desc
)
