-- The periods of a fiscal calendar by weeks or by table (§1); none where it is calendar months.
-- A 53rd week goes to the year's last period.
with given as (
  select policy -> 'fiscal_calendar' as calendar from the_close
), year as (
  select ordinality as number, each ->> 'name' as name, (each ->> 'weeks')::int as weeks
  from given cross join lateral jsonb_array_elements(calendar -> 'years') with ordinality as t(each, ordinality)
  where jsonb_typeof(calendar) = 'object'
), pattern as (
  select place, weeks, count(*) over () as parts
  from given cross join lateral unnest(case calendar ->> 'pattern'
    when '4-4-5' then array[4,4,5,4,4,5,4,4,5,4,4,5]
    when '4-5-4' then array[4,5,4,4,5,4,4,5,4,4,5,4]
    when '5-4-4' then array[5,4,4,5,4,4,5,4,4,5,4,4]
    when '13x4' then array[4,4,4,4,4,4,4,4,4,4,4,4,4]
  end) with ordinality as t(weeks, place)
  where jsonb_typeof(calendar) = 'object'
), counted as (
  select y.name || '-P' || lpad(p.place::text, 2, '0') as name,
    p.weeks + case when p.place = p.parts then y.weeks - 52 else 0 end as weeks, y.number, p.place
  from year y cross join pattern p
), summed as (
  select name, weeks, sum(weeks) over (order by number, place) as until from counted
)
select name,
  (g.calendar ->> 'first_day')::date + ((until - weeks) * 7)::int as first,
  (g.calendar ->> 'first_day')::date + (until * 7)::int - 1 as last
from summed cross join given g
union all
select each ->> 0, (each ->> 1)::date, (each ->> 2)::date
from given cross join lateral jsonb_array_elements(calendar) each
where jsonb_typeof(calendar) = 'array'
