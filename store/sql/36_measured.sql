-- Revenue in functional currency (§8), stretch by stretch between the turns: what billings cover that
-- day or before at their layers, the rest at the average rate of the period. The exact sum is rounded
-- once.
with ordered as (
  select e.reading, e.line, e.day, e.recognised,
    lag(e.day) over w as day_before, coalesce(lag(e.recognised) over w, 0) as before
  from earned e join course c using (reading, line) join reading r using (reading)
  where c.is_foreign and e.day <= r.at
  window w as (partition by e.reading, e.line order by e.day)
), sided as (
  select o.*, case when o.recognised <> 0 then sign(o.recognised) else sign(o.before) end as side,
    (select coalesce(sum(l.size * l.side), 0) from layer l
      where l.reading = o.reading and l.line = o.line and l.date <= o.day_before + 1) as billed
  from ordered o
), covered as (
  select s.*, greatest(s.billed * s.side, 0) as cover, abs(s.before) as low, abs(s.recognised) as high from sided s
), stretch_worth as (
  select c.*, t.one, power(10::numeric, coalesce(f.decimals, 2) - coalesce(d.decimals, 2)) as shift,
    greatest(c.high, c.cover) - greatest(c.low, c.cover) as uncovered,
    (select coalesce(sum(t.one * l.functional / l.size
        * (least(greatest(least(c.high, c.cover) - l.below, 0), l.size)
          - least(greatest(least(c.low, c.cover) - l.below, 0), l.size))), 0)
      from layer l where l.reading = c.reading and l.line = c.line) as in_layers,
    (select p.average from period_rate p where p.currency = k.currency and c.day between p.first and p.last) as average
  from covered c
  join course k on k.reading = c.reading and k.line = c.line
  cross join the_close t
  left join decimals d on d.currency = k.currency
  left join decimals f on f.currency = t.functional
)
select reading, line, day, recognised,
  case when bool_or(high < low or before * recognised < 0
      or (uncovered <> 0 and average is null)) over so_far then null
    else round(round(sum(case when high = low then 0
      else in_layers + side * coalesce(uncovered * average * shift, 0) end) over so_far, 20)) end as functional
from stretch_worth
window so_far as (partition by reading, line order by day)
