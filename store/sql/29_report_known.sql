-- Deliveries and usage as known at each reading (§3, §9): the newest version of each report, without
-- those that are gone; a correction is known as soon as it was told.
with version as (
  select r.id, r.source_id, r.version, r.date, r.open_from, r.deleted,
    case when r.version > 1 and r.open_from is not null then r.open_from
      else greatest(r.date, r.open_from) end as known_on,
    lead(r.id) over later as next_id, lead(r.open_from) over later as next_open_from
  from report r cross join the_close c
  where r.entity_id = c.entity_id and r.synced_at <= c.made_at
  window later as (partition by r.source_id order by r.version)
), newest as (
  select distinct on (d.reading, v.source_id) d.reading, v.id, v.deleted
  from version v join reading d on v.known_on <= d.at
  where v.next_id is null or (v.next_open_from is not null and v.known_on < v.next_open_from)
  order by d.reading, v.source_id, v.version desc
), told as (
  select n.reading, coalesce(k.root || substr(r.line, length(k.contract) + 1), r.line) as line,
    r.date, r.source_id, r.units::numeric as units, r.percent::numeric as percent, r.milestone,
    r.usage_minor as usage
  from newest n
  join report r on r.id = n.id
  left join root k on k.contract = split_part(r.line, '/', 1)
  where not n.deleted
)
select l.id, t.date, t.source_id, t.units, t.percent, t.milestone, t.usage
from told t
join line l on l.reading = t.reading and l.line = t.line
