-- f(t) of the methods that go by what is reported (§3): a point in time; milestones on the day of
-- their first delivery; the latest completion; units delivered, capped at what is contracted;
-- amounts keyed in, each period's evenly over its days. Usage is an amount and no fraction.
with waiting as (
  select a.reading, a.line, a.n, a.day, c.method, c.transferred_on, c.details, c.currency, t.one
  from asked a join course c using (reading, line) cross join the_close t
  where not c.over_time
), milestone as (
  select w.reading, w.line, w.n, w.day, sum((m ->> 1)::numeric) as fraction
  from waiting w cross join lateral jsonb_array_elements(w.details -> 'milestones') m
  where w.method = 'milestone' and exists (
    select from report_known r
    where r.reading = w.reading and r.line = w.line and r.milestone = m ->> 0 and r.date <= w.day
  )
  group by w.reading, w.line, w.n, w.day
), reported as (
  select w.reading, w.line, w.n, w.day, sum(r.units) as units, sum(r.usage) as usage,
    (array_agg(r.percent order by r.date desc, r.source_id collate "C" desc)
      filter (where r.percent is not null))[1] as percent
  from waiting w
  join report_known r on r.reading = w.reading and r.line = w.line and r.date <= w.day
  where w.method in ('units', 'usage', 'percent_complete')
  group by w.reading, w.line, w.n, w.day
), keyed_in as (
  select w.reading, w.line, w.n, w.day, sum((m ->> 1)::numeric) as whole,
    sum((m ->> 1)::numeric * case when w.day >= p.last then w.one when w.day < p.first then 0
      else w.one * (w.day - p.first + 1) / (p.last - p.first + 1) end) as so_far
  from waiting w cross join lateral jsonb_array_elements(w.details -> 'manual') m
  join fiscal_period p on p.name = m ->> 0
  where w.method = 'manual'
  group by w.reading, w.line, w.n, w.day
)
select w.reading, w.line, w.n, w.day, case w.method
    when 'point_in_time' then case when w.transferred_on <= w.day then 1 else 0 end
    when 'milestone' then coalesce(m.fraction, 0)
    when 'percent_complete' then coalesce(r.percent, 0)
    when 'units' then case when (w.details ->> 'units')::numeric <> 0
      then least(w.one * coalesce(r.units, 0) / (w.details ->> 'units')::numeric, 1) else 0 end
    when 'manual' then coalesce(w.one * k.so_far / nullif(k.whole, 0), 0)
  end as fraction,
  case when w.method = 'usage' then coalesce(r.usage, 0) end as usage
from waiting w
left join milestone m using (reading, line, n, day)
left join reported r using (reading, line, n, day)
left join keyed_in k using (reading, line, n, day)
