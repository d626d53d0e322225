-- R(t) of the plain lines (§2), rounded half away from zero. In whole numbers: of P = quotient * whole +
-- rest the quotient is earned exactly, so that no product leaves eight bytes while the whole fits in four.
with rounded as (
  select id, what, case when whole >= 2147483648
      then round(round((select one from the_close) * price * part / whole, 20))
      else price::bigint / whole * part
        + (mod(price::bigint, whole) * part * 2 + case when price < 0 then -whole else whole end) / (whole * 2)
    end as recognised
  from over_time where what is not null
)
select id, max(recognised) filter (where what = 'at') as recognised,
  max(recognised) filter (where what = 'opened') as opened, max(recognised) filter (where what = 'year on') as later
from rounded group by id
