-- f(t) of the methods that go by what is reported (§3): a point in time; milestones on the day of
-- their first delivery; the latest completion; units delivered, capped at what is contracted;
-- amounts keyed in, each period's evenly over its days. Usage is an amount and no fraction.
with waiting as (
  select a.id, a.n, a.day, c.method, c.transferred_on, l.details, t.one
  from asked a join course c using (id) cross join the_close t
  left join document_line l on l.document_id = c.document_id and l.number = c.number
    and c.method in ('milestone', 'units', 'manual')
  where not c.over_time
), delivered as (
  select id, milestone, min(date) as day from report_known where milestone is not null group by id, milestone
), milestone as (
  select w.id, w.n, w.day, sum((m ->> 1)::numeric) as fraction
  from waiting w
  cross join lateral jsonb_array_elements(w.details -> 'milestones') m
  join delivered d on d.id = w.id and d.milestone = m ->> 0 and d.day <= w.day
  where w.method = 'milestone'
  group by w.id, w.n, w.day
), reported as (
  select w.id, w.n, w.day, sum(r.units) as units, sum(r.usage) as usage,
    (array_agg(r.percent order by r.date desc, r.source_id collate "C" desc)
      filter (where r.percent is not null))[1] as percent
  from waiting w
  join report_known r on r.id = w.id and r.date <= w.day
  where w.method in ('units', 'usage', 'percent_complete')
  group by w.id, w.n, w.day
), keyed_in as (
  select w.id, w.n, w.day, sum((m ->> 1)::numeric) as whole,
    sum((m ->> 1)::numeric * case when w.day >= p.last then w.one when w.day < p.first then 0
      else w.one * (w.day - p.first + 1) / (p.last - p.first + 1) end) as so_far
  from waiting w cross join lateral jsonb_array_elements(w.details -> 'manual') m
  join fiscal_period p on p.name = m ->> 0
  where w.method = 'manual'
  group by w.id, w.n, w.day
)
select w.id, w.n, w.day, case w.method
    when 'point_in_time' then case when w.transferred_on <= w.day then 1 else 0 end
    when 'milestone' then coalesce(m.fraction, 0)
    when 'percent_complete' then coalesce(r.percent, 0)
    when 'units' then case when (w.details ->> 'units')::numeric <> 0
      then least(w.one * coalesce(r.units, 0) / (w.details ->> 'units')::numeric, 1) else 0 end
    when 'manual' then coalesce(w.one * k.so_far / nullif(k.whole, 0), 0)
  end as fraction,
  case when w.method = 'usage' then coalesce(r.usage, 0) end as usage
from waiting w
left join milestone m using (id, n, day)
left join reported r using (id, n, day)
left join keyed_in k using (id, n, day)
