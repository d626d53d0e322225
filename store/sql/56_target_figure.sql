-- Journals against positions (§6): by line and account, what is booked is the balance that it must
-- be. There is no journal of nothing: where one of an account's two kinds was not made, or that of
-- exchange gains though lines gained, what lines would move between each other by it, and comes to
-- nothing together, is not booked. One row counts what agrees.
with compared as (
  select coalesce(b.line, n.line) as line, coalesce(b.role, n.role) as role,
    coalesce(b.account, n.account) as account, coalesce(b.dimensions, n.dimensions) as dimensions,
    coalesce(b.amount, 0) as booked, coalesce(n.amount, 0) as target
  from booked b
  full join (select * from netted where at = 'closing' and amount <> 0) n on n.line = b.line and n.unit = b.unit
    and n.role = b.role and n.account = b.account and n.dimensions = b.dimensions
), differing as (
  select c.*, sum(booked - target) over (partition by role, account, dimensions) as together
  from compared c where booked <> target
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
), ungained (role) as (
  select distinct case when p.is_cost then 'accrued_expenses' else 'accrued_revenue' end
  from position p join the_close t on p.proposal_id = t.proposal_id
  where p.fx_minor <> 0 and not exists (
    select from journal j where j.proposal_id = t.proposal_id and j.kind = 'remeasurement')
)
select null as line, null as figure, null::numeric as stands, null::numeric as recomputed, count(*) as agreeing
from compared where booked = target
union all
select d.line, 'booked as ' || replace(d.role, '_', ' ') || ' against ' || d.account, d.booked,
  case when d.together = 0 and (coalesce(m.kinds, 0) < 2 or u.role is not null) then d.booked
    else d.target end, null
from differing d left join made m on m.role = d.role left join ungained u on u.role = d.role
