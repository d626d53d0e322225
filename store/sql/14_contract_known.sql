-- The contracts that are known, each under the first one's id, in the order in which they restate it;
-- whether that first one is known, and whether anything restates it (§7).
with known as (
  select k.*, coalesce(r.root, k.document) as root, r.root is null as signed
  from known_document k
  left join root r on r.contract = k.document
  where k.kind = 'contract'
), restated as (
  select reading, root, bool_or(signed) as begun from known group by reading, root having bool_or(not signed)
)
select k.reading, k.key, k.document_id, k.document, k.currency, k.date, k.rate, k.root, k.signed, d.details,
  coalesce(r.begun, true) as begun, r.root is not null as modified,
  case when r.root is not null then row_number() over (
    partition by k.reading, r.root order by not k.signed, k.date, k.document collate "C"
  ) end as place
from known k
join document d on d.id = k.document_id
left join restated r on r.reading = k.reading and r.root = k.root
