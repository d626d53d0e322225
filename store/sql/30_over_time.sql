-- f(t) of the methods over time (§3): nothing before the start, everything from the end on. A month's
-- weight is earned evenly over the service days inside it; a service inside one month weighs it 1;
-- where every weight is 0 the last month weighs 1.
with dated as (
  select a.reading, a.line, a.n, a.day, a.first, a.last, c.method, t.one,
    extract(year from a.first)::int * 12 + extract(month from a.first)::int as first_month,
    extract(year from a.last)::int * 12 + extract(month from a.last)::int as last_month,
    extract(year from a.day)::int * 12 + extract(month from a.day)::int as month,
    extract(day from a.first)::int as first_day, extract(day from a.last)::int as last_day,
    extract(day from a.day)::int as month_day,
    extract(day from date_trunc('month', a.first) + interval '1 month' - interval '1 day')::int as first_days,
    extract(day from date_trunc('month', a.last) + interval '1 month' - interval '1 day')::int as last_days,
    extract(day from date_trunc('month', a.day) + interval '1 month' - interval '1 day')::int as month_days
  from asked a join course c using (reading, line) cross join the_close t
  where c.over_time and a.day >= a.first and a.day < a.last
    and c.method not in ('daily', 'even_periods')
), ends as (
  select d.*, last_month - first_month - 1 as between_,
    case method when 'monthly' then one * (first_days - first_day + 1) / first_days
      when 'whole_months' then one
      when 'half_month' then case when first_day = 1 then one else one / 2 end
      when 'mid_month' then case when first_day <= 15 then one else 0 end end as opening,
    case method when 'monthly' then one * last_day / last_days
      when 'whole_months' then case when last_day = last_days then one else 0 end
      when 'half_month' then case when last_day = last_days then one else one / 2 end
      when 'mid_month' then case when last_day > 15 then one else 0 end end as closing,
    case when first_day = 1 then 0 else one * (first_days - first_day + 1) / (last - first + 1) end as head,
    case when last_day = last_days then 0 else one * last_day / (last - first + 1) end as tail,
    last_month - first_month - 1 + (first_day = 1)::int + (last_day = last_days)::int as whole
  from dated d
), weighed as (
  select e.*, case when opening + between_ + closing = 0 then one else closing end as final,
    case when whole > 0 then (one - head - tail) / whole else 0 end as share
  from ends e
)
select a.reading, a.line, a.n, a.day, case when a.day >= a.last then 1 when a.day < a.first then 0
  else t.one * (a.day - a.first + 1) / (a.last - a.first + 1) end as fraction
from asked a join course c using (reading, line) cross join the_close t
where c.over_time and (c.method = 'daily' or a.day < a.first or a.day >= a.last)
union all
select a.reading, a.line, a.n, a.day,
  sum(case when p.last <= a.day or a.last <= a.day then t.one
      when p.first <= a.day then t.one * (a.day - greatest(p.first, a.first) + 1)
        / (least(p.last, a.last) - greatest(p.first, a.first) + 1)
      else 0 end) / count(*)
from asked a join course c using (reading, line) cross join the_close t
join fiscal_period p on p.first <= a.last and p.last >= a.first
where c.method = 'even_periods' and c.over_time and a.day >= a.first and a.day < a.last
group by a.reading, a.line, a.n, a.day
union all
select reading, line, n, day, case
  when first_month = last_month and method <> 'daily_360' then one * (day - first + 1) / (last - first + 1)
  when method = 'daily_360' then one
    * (month * 30 + case when month_day = month_days then 30 else month_day end
      - first_month * 30 - case when first_day = first_days then 30 else first_day end + 1)
    / (last_month * 30 + case when last_day = last_days then 30 else last_day end
      - first_month * 30 - case when first_day = first_days then 30 else first_day end + 1)
  when method = 'prorated_ends' then case
    when month = first_month
      then case when head > 0 then head else share end * (day - first + 1) / (first_days - first_day + 1)
    when month < last_month
      then case when head > 0 then head else share end + (month - first_month - 1) * share
        + share * month_day / month_days
    else case when head > 0 then head else share end + (month - first_month - 1) * share
        + case when tail > 0 then tail else share end * month_day / last_day end
  when month = first_month
    then opening * (day - first + 1) / (first_days - first_day + 1) / (opening + between_ + final)
  when month < last_month
    then (opening + month - first_month - 1 + one * month_day / month_days) / (opening + between_ + final)
  else (opening + between_ + final * month_day / last_day) / (opening + between_ + final)
  end
from weighed
