-- The documents as known at the end of each reading (§9): the newest version that counts then;
-- what is void is as if it had never been (§7); at adoption without those that are settled. `key` names it
-- in its reading, and below it its lines: a line's id is `key` + twice its number.
with newest as (
  select r.reading, r.place, v.* from reading r join version_seen v on v.alone and v.known_on <= r.at
  where r.reading = 'end' or v.id not in (select id from settled)
  union all (
    select distinct on (r.reading, v.kind, v.source_id) r.reading, r.place, v.*
    from reading r join version_seen v on not v.alone and v.known_on <= r.at
    order by r.reading, v.kind, v.source_id, v.version desc, v.itself desc
  )
)
select reading, (id::bigint << 32) + place as key, id as document_id, kind, source_id as document, date, currency,
  rate::numeric as rate, contract, credits,
  kind in ('bill', 'bill_credit', 'expense') as is_cost,
  kind in ('credit_note', 'bill_credit') as is_credit
from newest
where not voided
