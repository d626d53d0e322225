-- What each stretch opens with: R on the day before it (§7), rounded half away from zero (§2). The
-- twenty decimals of the inner rounding make a third of three halves a half again.
with recursive following as (
  select s.*, row_number() over (partition by id order by n) as place from stretch s
), chain as (
  select f.id, f.n, f.place, f.since, f.at_once, f.total, 0::numeric as opening
  from following f where f.place = 1
  union all
  select f.id, f.n, f.place, f.since, f.at_once, f.total,
    case when f.since = c.since then c.opening
      when c.at_once or z.fraction >= 1 then c.total
      else c.opening + round(round(
        (c.total - c.opening) * (x.fraction - coalesce(z.fraction, 0)) / (1 - coalesce(z.fraction, 0)), 20))
    end
  from chain c
  join following f on f.id = c.id and f.place = c.place + 1
  left join fraction x on x.id = c.id and x.n = c.n and x.day = f.since - 1
  left join course k on k.id = c.id
  left join fraction z on not k.over_time and c.n > 0 and z.id = c.id and z.n = c.n and z.day = c.since - 1
)
select id, n, since, at_once, total, opening from chain
