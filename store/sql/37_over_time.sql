-- f(t) of the methods over time (§3) as part of a whole, both whole numbers: nothing before the start,
-- everything from the end on. A month's weight is earned evenly over the service days inside it; a
-- service inside one month weighs it 1; where every weight is 0 the last month weighs 1.
with dated as (
  select a.id, a.n, a.day, a.what, a.price, a.method, (a.day - a.first + 1)::bigint as days,
    (a.last - a.first + 1)::bigint as all_days,
    f.month as first_month, l.month as last_month, d.month,
    f.month_day as first_day, l.month_day as last_day, d.month_day,
    f.month_days as first_days, l.month_days as last_days, d.month_days,
    l.place - f.place + 1 as periods, d.place - f.place as periods_before,
    (a.day - greatest(d.first, a.first) + 1)::bigint as period_days,
    (least(d.last, a.last) - greatest(d.first, a.first) + 1)::bigint as period_all_days
  from asked a
  join calendar_day f on f.day = a.first
  join calendar_day l on l.day = a.last
  join calendar_day d on d.day = a.day
  where a.method <> 'daily' and a.day >= a.first and a.day < a.last
  offset 0
), ends as (
  select d.*, last_month - first_month - 1 as between_, first_days - first_day + 1 as first_left,
    case method when 'monthly' then first_days - first_day + 1
      when 'half_month' then case when first_day = 1 then 2 else 1 end
      when 'mid_month' then (first_day <= 15)::int else 1 end as opening,
    case method when 'monthly' then first_days when 'half_month' then 2 else 1 end as opening_of,
    case method when 'monthly' then last_day
      when 'whole_months' then (last_day = last_days)::int
      when 'half_month' then case when last_day = last_days then 2 else 1 end
      when 'mid_month' then (last_day > 15)::int end as closing_given,
    case method when 'monthly' then last_days when 'half_month' then 2 else 1 end as closing_of,
    case when first_day = 1 then 0 else first_days - first_day + 1 end as head,
    case when last_day = last_days then 0 else last_day end as tail,
    last_month - first_month - 1 + (first_day = 1)::int + (last_day = last_days)::int as whole_months
  from dated d
  offset 0
), weighed as (
  select e.*, w.closing, opening * closing_of + between_ * opening_of * closing_of + w.closing * opening_of as weight,
    case when whole_months > 0 then all_days - head - tail else 0 end as share, greatest(whole_months, 1) as shares,
    month - first_month - (head > 0)::int as months
  from ends e
  cross join lateral (
    select case when opening + between_ + closing_given = 0 then 1 else closing_given end as closing
  ) w
  offset 0
)
select id, n, day, what, price,
  case when day >= last then 1 when day < first then 0 else (day - first + 1)::bigint end as part,
  case when day >= last or day < first then 1 else (last - first + 1)::bigint end as whole
from asked
where method = 'daily' or (method is not null and (day < first or day >= last))
union all
select id, n, day, what, price,
  case
    when method = 'even_periods' then periods_before * period_all_days + period_days
    when method = 'daily_360' then month * 30 + case when month_day = month_days then 30 else month_day end
      - first_month * 30 - case when first_day = first_days then 30 else first_day end + 1
    when first_month = last_month then days
    when method = 'prorated_ends' then case
      when month = first_month then case when head > 0 then head * shares else share end * days
      when month < last_month then (head * shares + months * share) * month_days + share * month_day
      else (head * shares + months * share) * last_day
        + case when tail > 0 then tail * shares else share end * month_day end
    when month = first_month then opening * days * closing_of
    when month < last_month then closing_of
      * ((opening + (month - first_month - 1) * opening_of) * month_days + month_day * opening_of)
    else (opening + between_ * opening_of) * closing_of * last_day + closing * opening_of * month_day
  end,
  case
    when method = 'even_periods' then periods * period_all_days
    when method = 'daily_360' then last_month * 30 + case when last_day = last_days then 30 else last_day end
      - first_month * 30 - case when first_day = first_days then 30 else first_day end + 1
    when first_month = last_month then all_days
    else case when method = 'prorated_ends' then all_days * shares else weight end
      * case when month = first_month then first_left when month < last_month then month_days else last_day end
  end
from weighed
