-- The days at which R is asked for: the reading's, the last closed one, a year on (§6: from a month's
-- last day to that month's last day); of a foreign line also the day before each turn of its
-- billings and of the fiscal periods, for its revenue is measured stretch by stretch (§8).
with asked as (
  select r.reading, r.at as day, 'at' as what from reading r
  union all
  select 'end', opened_on, 'opened' from the_close
  union all
  select 'end', case
      when period_end = (date_trunc('month', period_end) + interval '1 month')::date - 1
      then (date_trunc('month', period_end) + interval '13 months')::date - 1
      else (period_end + interval '1 year')::date
    end, 'year on' from the_close
), turn as (
  select c.reading, c.line, b.date as day from course c join billing b using (reading, line)
  where c.is_foreign
  union
  select c.reading, c.line, p.first from course c join fiscal_period p on true where c.is_foreign
  union
  select c.reading, c.line, t.opened_on + 1 from course c cross join the_close t
  where c.is_foreign and c.reading = 'end'
)
select c.reading, c.line, a.day, a.what from course c join asked a on a.reading = c.reading
union all
select t.reading, t.line, t.day - 1, 'turn' from turn t join reading r on r.reading = t.reading and t.day <= r.at
