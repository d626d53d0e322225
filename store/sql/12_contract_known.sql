-- The contracts that are known, each under the first one's id, in the order in which they restate it.
select k.*, coalesce(r.root, k.document) as root, r.root is null as signed,
  row_number() over (partition by k.reading, coalesce(r.root, k.document)
    order by r.root is not null, k.date, k.document collate "C") as place
from known_document k
left join root r on r.contract = k.document
where k.kind = 'contract'
