-- Revenue in functional currency (§8) at the reading's day and at the last closed one, stretch by stretch
-- between the turns: what billings cover that day or before at their layers, the rest at the average rate of
-- the period. The exact sum is rounded once.
with ordered as (
  select e.id, c.currency, r.at, e.day, e.recognised,
    lag(e.day) over w as day_before, coalesce(lag(e.recognised) over w, 0) as before
  from earned e join course c using (id) join reading r using (reading)
  where c.is_foreign and e.day <= r.at
  window w as (partition by e.id order by e.day)
), moved as (
  select o.*, case when recognised < 0 or (recognised = 0 and before < 0) then -1 else 1 end as side
  from ordered o where recognised <> before
), billed as (
  select m.id, m.day, sum(l.size * l.side) as billed
  from moved m join layer l on l.id = m.id and l.date <= m.day_before + 1
  group by m.id, m.day
), covered as (
  select m.*, greatest(coalesce(b.billed, 0) * m.side, 0) as cover, abs(m.before) as low, abs(m.recognised) as high
  from moved m left join billed b on b.id = m.id and b.day = m.day
), in_layers as (
  select c.id, c.day, sum(t.one * l.functional / l.size
      * (least(greatest(least(c.high, c.cover) - l.below, 0), l.size)
        - least(greatest(least(c.low, c.cover) - l.below, 0), l.size))) as worth
  from covered c join layer l on l.id = c.id cross join the_close t
  group by c.id, c.day
), average as (
  select d.day, p.currency, p.average
  from (select distinct day from covered) d join period_rate p on d.day between p.first and p.last
), valued as (
  select c.id, c.day, c.high < c.low or (c.before < 0 and c.recognised > 0) or (c.before > 0 and c.recognised < 0)
      or (u.uncovered <> 0 and a.average is null) as unknown,
    coalesce(l.worth, 0) + c.side * coalesce(u.uncovered * a.average * s.shift, 0) as worth
  from covered c
  cross join lateral (select greatest(c.high, c.cover) - greatest(c.low, c.cover) as uncovered) u
  left join in_layers l on l.id = c.id and l.day = c.day
  left join average a on a.currency = c.currency and a.day = c.day
  join foreign_currency s on s.currency = c.currency
)
select o.id,
  case when bool_or(v.unknown) is not true then round(round(coalesce(sum(v.worth), 0), 20))::bigint end as functional,
  case when (bool_or(v.unknown) filter (where v.day <= t.opened_on)) is not true
    then round(round(coalesce(sum(v.worth) filter (where v.day <= t.opened_on), 0), 20))::bigint end as opened
from (select distinct id from ordered) o
cross join the_close t
left join valued v on v.id = o.id
group by o.id
