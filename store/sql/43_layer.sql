-- The layers in which the billings of a foreign line lie (§8), first in first out, with what lies
-- before each; sizes without their sign.
select b.id, b.date, abs(b.amount) as size, b.functional, case when b.amount < 0 then -1 else 1 end as side,
  (sum(abs(b.amount)) over (partition by b.id order by b.date, d.document collate "C", d.kind, b.number))::bigint
    - abs(b.amount) as below
from billing b
join course c using (id)
join known_document d on d.reading = b.reading and d.document_id = b.document_id
where b.is_foreign and not c.plain and not b.is_credit and b.amount <> 0
