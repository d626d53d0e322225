-- The versions of documents that a close may see (§9), each with the day from which it is known:
-- its own date, but never one that was closed when it reached us. A version that was replaced while
-- its period was still open never was; one that moves its document to a later day takes the older
-- one away at once.
with version as (
  select d.id, d.kind, d.source_id, d.version, d.date, d.open_from, d.voided,
    greatest(d.date, d.open_from) as known_on,
    lead(d.id) over later as next_id, lead(d.open_from) over later as next_open_from
  from document d cross join the_close c
  where d.entity_id = c.entity_id and d.synced_at <= c.made_at
  window later as (partition by d.kind, d.source_id order by d.version)
), kept as (
  select v.*, row_number() over (partition by kind, source_id order by version) as place
  from version v
  where next_id is null or (next_open_from is not null and known_on < next_open_from)
)
select id, kind, source_id, version, known_on, voided, true as itself from kept
union all
select id, kind, source_id, version, open_from, true, false from kept
where place > 1 and open_from is not null and known_on > open_from
