-- Each line at the end of its reading (§§5, 6, 8): recognised and billed, in both currencies, what is
-- ahead, and what would be ahead a year on if nothing more were billed.
with at_day as (
  select id, recognised, opened, later from plainly_earned
  union all
  select m.id, max(e.recognised) filter (where m.what = 'at'), max(e.recognised) filter (where m.what = 'opened'),
    max(e.recognised) filter (where m.what = 'year on')
  from moment m join earned e on e.id = m.id and e.day = m.day
  where m.what <> 'turn' group by m.id
), line_now as (
  select c.reading, c.id, c.currency, c.is_foreign, c.plain, a.recognised, a.opened, a.later,
    c.own_bill + coalesce(b.billed, 0) as billed,
    case when coalesce(b.known, true) then c.own_bill + coalesce(b.functional, 0) end as billed_functional
  from at_day a
  join course c on c.id = a.id
  left join billed b on b.id = a.id
  where c.id = c.id + 0
), in_advance as (
  select n.reading, n.id, n.recognised, n.billed, n.billed_functional,
    round(round(t.one * y.functional / y.size * abs(n.recognised), 20))::bigint as functional,
    round(round(t.one * y.functional / y.size * abs(n.opened), 20))::bigint as opened,
    round(round(t.one * y.functional / y.size * abs(n.later), 20))::bigint as later
  from line_now n join layered y on y.id = n.id cross join the_close t
  where n.is_foreign and n.plain
), abroad as (
  select n.*, m.functional, case when n.reading = 'end' then m.opened end as opened_functional, t.one, p.closing,
    s.shift, coalesce((t.recognition ->> 'remeasure_accrued')::boolean, true) as remeasured
  from line_now n
  join reading r on r.reading = n.reading
  cross join the_close t
  left join measured m on m.id = n.id
  left join period_rate p on p.currency = n.currency and r.at between p.first and p.last
  join foreign_currency s on s.currency = n.currency
  where n.is_foreign and not n.plain
), valued as (
  select a.id, a.billed, a.billed_functional, a.one, a.closing, a.shift, a.remeasured, x.is_later, x.asked,
    (a.billed = 0 or x.asked = 0 or (a.billed < 0) = (x.asked < 0)) and abs(x.asked) <= abs(a.billed) as is_covered
  from abroad a
  cross join lateral (values (false, a.recognised), (true, a.later)) x(is_later, asked)
), released as (
  select v.id, v.is_later, round(round(sum(v.one * l.functional / l.size
      * least(greatest(abs(v.asked) - l.below, 0), l.size)), 20))::bigint as amount
  from valued v join layer l on l.id = v.id
  group by v.id, v.is_later
), balance as (
  select v.id, v.is_later, case when v.is_covered then v.billed_functional - coalesce(r.amount, 0)
    when v.remeasured or v.is_later then -round(round((v.asked - v.billed) * v.closing * v.shift, 20))::bigint
    end as ahead
  from valued v left join released r on r.id = v.id and r.is_later = v.is_later
)
select reading, id, recognised, billed, recognised as recognised_functional, billed_functional, opened,
  billed - recognised as ahead, billed - later as in_a_year
from line_now where not is_foreign
union all
select reading, id, recognised, billed, functional, billed_functional, opened, billed_functional - functional,
  billed_functional - later
from in_advance
union all
select a.reading, a.id, a.recognised, a.billed, a.functional, a.billed_functional, a.opened_functional, b.ahead, y.ahead
from abroad a
left join balance b on b.id = a.id and not b.is_later
left join balance y on y.id = a.id and y.is_later
