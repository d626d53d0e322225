-- The documents as known at the end of each reading (§9): the newest version that counts then;
-- what is void is as if it had never been (§7).
with newest as (
  select distinct on (r.reading, v.kind, v.source_id) r.reading, v.id, v.voided
  from reading r join version_seen v on v.known_on <= r.at
  order by r.reading, v.kind, v.source_id, v.version desc, v.itself desc
)
select n.reading, d.id as document_id, d.kind, d.source_id as document, d.number, d.date, d.currency,
  d.rate::numeric as rate, d.contract, d.details,
  d.kind in ('bill', 'bill_credit', 'expense') as is_cost,
  d.kind in ('credit_note', 'bill_credit') as is_credit
from newest n join document d on d.id = n.id
where not n.voided
