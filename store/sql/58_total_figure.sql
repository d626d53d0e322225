-- The close's sums (§§1, 6, 8): balances by role at both ends, what is not released within a year,
-- the period's exchange gains; and the roll-forward, by account of revenue and of cost: opening +
-- billed - recognised + exchange gain = closing. For accounts that every line of a unit shares.
with said as (
  select f.at, e.key as role, e.value::numeric * power(10::numeric, coalesce(d.decimals, 2)) as amount, t.adopts
  from the_close t
  cross join lateral (values ('opening', t.summary -> 'opening'), ('closing', t.summary -> 'closing')) f(at, by_role)
  cross join lateral jsonb_each_text(f.by_role) e
  left join decimals d on d.currency = t.functional
), summed as (
  select at, role, sum(amount) as amount from netted group by at, role
), unknown as (
  select (select count(*) from frozen) - (select count(*) from member where at = 'opening') as lines
)
select 'all lines' as subject, s.at || ' ' || replace(s.role, '_', ' ') as figure,
  s.amount as stands, coalesce(m.amount, 0) as recomputed
from said s left join summed m on m.at = s.at and m.role = s.role
cross join unknown u
where s.at = 'closing' or u.lines = 0
union all
select 'all lines', 'non-current deferred revenue',
  nullif(t.summary ->> 'non_current', '')::numeric * power(10::numeric, coalesce(d.decimals, 2)),
  (select coalesce(sum(amount), 0) from non_current)
from the_close t left join decimals d on d.currency = t.functional
union all
select 'all lines', 'exchange gain', (t.summary ->> 'fx')::numeric * power(10::numeric, coalesce(d.decimals, 2)),
  (select coalesce(sum(coalesce(m.fx, m.fx_minor)), 0) from recomputed m)
from the_close t left join decimals d on d.currency = t.functional
union all
select 'account ' || m.account, 'roll-forward: closing',
  sum(m.ahead_minor),
  sum(m.frozen_ahead) + sum(m.billed_minor - m.own_minor - m.catch_up_minor)
    + sum(case when m.is_cost then m.fx_minor else -m.fx_minor end)
from recomputed m
cross join unknown u
where u.lines = 0
group by m.account
