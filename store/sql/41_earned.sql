-- R(t) in document currency (§2): what the stretch opened with, and its share of the remainder,
-- rounded once.
with running as (
  select o.*, lead(since) over (partition by id order by n) as until from opened o
)
select m.id, m.day, (case
    when o.at_once or z.fraction >= 1 then o.total
    when x.usage is not null then x.usage
    else o.opening + round(round(
      (o.total - o.opening) * (x.fraction - coalesce(z.fraction, 0)) / (1 - coalesce(z.fraction, 0)), 20))
  end)::bigint as recognised
from (select distinct id, day from moment) m
join running o on o.id = m.id and (o.since is null or m.day >= o.since) and (o.until is null or m.day < o.until)
left join fraction x on x.id = o.id and x.n = o.n and x.day = m.day
join course c on c.id = m.id
left join fraction z on not c.over_time and o.n > 0 and z.id = o.id and z.n = o.n and z.day = o.since - 1
