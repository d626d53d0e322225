-- The versions of documents that a close may see (§9), each with the day from which it is known:
-- its own date, but never one that was closed when it reached us. A version that was replaced while
-- its period was still open never was; one that moves its document to a later day takes the older
-- one away at once. Most documents have one version: that is `alone`.
with told as (
  select d.id, d.kind, d.source_id, d.version, d.date, d.open_from, d.voided, d.currency, d.rate, d.contract,
    case when d.kind in ('credit_note', 'bill_credit') then d.details ->> 'credits' end as credits
  from document d cross join the_close c
  where d.entity_id = c.entity_id and d.synced_at <= c.made_at
), again as (
  select distinct kind, source_id from told where version > 1
), version as (
  select t.*, greatest(t.date, t.open_from) as known_on,
    lead(t.id) over later as next_id, lead(t.open_from) over later as next_open_from
  from told t join again using (kind, source_id)
  window later as (partition by t.kind, t.source_id order by t.version)
), kept as (
  select v.*, row_number() over (partition by kind, source_id order by version) as place
  from version v
  where next_id is null or (next_open_from is not null and known_on < next_open_from)
)
select t.id, t.kind, t.source_id, t.version, t.date, t.currency, t.rate, t.contract, t.credits,
  greatest(t.date, t.open_from) as known_on, t.voided, true as itself, true as alone
from told t left join again a on a.kind = t.kind and a.source_id = t.source_id
where a.kind is null
union all
select id, kind, source_id, version, date, currency, rate, contract, credits, known_on, voided, true, false from kept
union all
select id, kind, source_id, version, date, currency, rate, contract, credits, open_from, true, false, false from kept
where place > 1 and open_from is not null and known_on > open_from
