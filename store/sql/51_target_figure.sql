-- Journals against positions (§6): by line and account, what is booked is the balance that it must
-- be. There is no journal of nothing: where one of an account's two kinds was not made, what lines
-- would move between each other by it, and comes to nothing together, is not booked.
with target as (
  select n.line, n.unit, n.role, p.account, p.dimensions, n.amount
  from netted n
  join the_close t on true
  join position p on p.proposal_id = t.proposal_id and p.line = n.line
  where n.at = 'closing' and n.amount <> 0
), compared as (
  select coalesce(b.line, w.line) as line, coalesce(b.role, w.role) as role,
    coalesce(b.account, w.account) as account, coalesce(b.amount, 0) as booked, coalesce(w.amount, 0) as target,
    sum(coalesce(b.amount, 0) - coalesce(w.amount, 0)) over (
      partition by coalesce(b.role, w.role), coalesce(b.account, w.account), coalesce(b.dimensions, w.dimensions)
    ) as together
  from booked b
  full join target w on w.line = b.line and w.unit = b.unit and w.role = b.role
    and w.account = b.account and w.dimensions = b.dimensions
), kind (role, kind) as (
  values ('deferred_revenue', 'deferral'), ('deferred_revenue', 'release'),
    ('accrued_revenue', 'accrual'), ('accrued_revenue', 'accrual_reversal'),
    ('prepayments', 'prepayment'), ('prepayments', 'prepayment_release'),
    ('accrued_expenses', 'expense_accrual'), ('accrued_expenses', 'expense_accrual_reversal')
), made as (
  select k.role, count(distinct j.kind) as kinds
  from kind k
  join journal j on j.kind = k.kind
  join the_close t on j.proposal_id = t.proposal_id
  group by k.role
)
select c.line, 'booked as ' || replace(c.role, '_', ' ') || ' against ' || c.account as figure, c.booked as stands,
  case when c.together = 0 and coalesce(m.kinds, 0) < 2 then c.booked else c.target end as recomputed
from compared c left join made m on m.role = c.role
