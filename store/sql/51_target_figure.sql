-- Journals against positions (§6): by line and account, what is booked is the balance that it must be.
with target as (
  select n.line, n.unit, n.role, p.account, p.dimensions, n.amount
  from netted n
  join the_close t on true
  join position p on p.proposal_id = t.proposal_id and p.line = n.line
  where n.at = 'closing' and n.amount <> 0
)
select coalesce(b.line, w.line) as line,
  'booked as ' || replace(coalesce(b.role, w.role), '_', ' ') || ' against '
    || coalesce(b.account, w.account) as figure,
  coalesce(b.amount, 0) as stands, coalesce(w.amount, 0) as recomputed
from booked b
full join target w on w.line = b.line and w.unit = b.unit and w.role = b.role
  and w.account = b.account and w.dimensions = b.dimensions
