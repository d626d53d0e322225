-- Revenue in functional currency (§8), stretch by stretch between the turns: what billings cover that
-- day or before at their layers, the rest at the average rate of the period. The exact sum is rounded
-- once.
with ordered as (
  select e.id, c.currency, e.day, e.recognised,
    lag(e.day) over w as day_before, coalesce(lag(e.recognised) over w, 0) as before
  from earned e join course c using (id) join reading r using (reading)
  where c.is_foreign and e.day <= r.at
  window w as (partition by e.id order by e.day)
), sided as (
  select o.*, case when o.recognised <> 0 then sign(o.recognised) else sign(o.before) end as side from ordered o
), billed as (
  select o.id, o.day, sum(l.size * l.side) as billed
  from ordered o join layer l on l.id = o.id and l.date <= o.day_before + 1
  group by o.id, o.day
), covered as (
  select s.*, greatest(coalesce(b.billed, 0) * s.side, 0) as cover, abs(s.before) as low, abs(s.recognised) as high
  from sided s left join billed b on b.id = s.id and b.day = s.day
), in_layers as (
  select c.id, c.day, sum(t.one * l.functional / l.size
      * (least(greatest(least(c.high, c.cover) - l.below, 0), l.size)
        - least(greatest(least(c.low, c.cover) - l.below, 0), l.size))) as worth
  from covered c join layer l on l.id = c.id cross join the_close t
  group by c.id, c.day
), average as (
  select d.day, p.currency, p.average
  from (select distinct day from covered) d join period_rate p on d.day between p.first and p.last
), stretch_worth as (
  select c.*, power(10::numeric, coalesce(f.decimals, 2) - coalesce(d.decimals, 2)) as shift,
    greatest(c.high, c.cover) - greatest(c.low, c.cover) as uncovered, coalesce(l.worth, 0) as in_layers, a.average
  from covered c
  cross join the_close t
  left join in_layers l on l.id = c.id and l.day = c.day
  left join average a on a.currency = c.currency and a.day = c.day
  left join decimals d on d.currency = c.currency
  left join decimals f on f.currency = t.functional
)
select id, day, recognised,
  case when bool_or(high < low or before * recognised < 0
      or (uncovered <> 0 and average is null)) over so_far then null
    else round(round(sum(case when high = low then 0
      else in_layers + side * coalesce(uncovered * average * shift, 0) end) over so_far, 20)) end as functional
from stretch_worth
window so_far as (partition by id order by day)
