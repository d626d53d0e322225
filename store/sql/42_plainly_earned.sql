-- R(t) of the plain lines (§2), rounded half away from zero. In whole numbers: of P = quotient * whole +
-- rest the quotient is earned exactly, so that no product leaves eight bytes while the whole fits in four.
with daily as (
  select c.id, c.price / w.whole as quotient, mod(c.price, w.whole) * 2 as rest,
    case when c.price < 0 then -w.whole else w.whole end as half, w.whole * 2 as twice,
    greatest(least(d.at - c.first + 1, w.whole), 0) as at,
    greatest(least(d.opened - c.first + 1, w.whole), 0) as opened,
    greatest(least(d.year_on - c.first + 1, w.whole), 0) as year_on
  from course c
  join day_asked d on d.reading = c.reading
  cross join lateral (select greatest(c.last - c.first + 1, 1)::bigint as whole) w
  where c.plain and c.method = 'daily'
), other as (
  select id, what, case when whole >= 2147483648
      then round(round((select one from the_close) * price * part / whole, 20))::bigint
      else price / whole * part
        + (mod(price, whole) * part * 2 + case when price < 0 then -whole else whole end) / (whole * 2)
    end as recognised
  from over_time where what is not null
)
select id, quotient * at + (rest * at + half) / twice as recognised,
  quotient * opened + (rest * opened + half) / twice as opened,
  quotient * year_on + (rest * year_on + half) / twice as later
from daily
union all
select id, max(recognised) filter (where what = 'at'), max(recognised) filter (where what = 'opened'),
  max(recognised) filter (where what = 'year on')
from other group by id
