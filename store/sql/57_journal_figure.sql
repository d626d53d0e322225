-- Each journal of the proposal from its parts (§6), by account: liabilities rise on the credit side;
-- against the balance account stands the line's own account, of a remeasurement that of exchange
-- gains. A reversal turns its journal round; an opening adjustment has no parts and balances.
with own as (
  select j.id, j.kind, j.date, j.reverses_id,
    replace(j.kind, '_', ' ') || coalesce(' ' || j.reference, '') || ' of ' || j.date as name
  from journal j join the_close t on j.proposal_id = t.proposal_id
), signed as (
  select o.id, o.kind, p.role, p.account, p.dimensions,
    case when p.role in ('deferred_revenue', 'accrued_expenses') then -p.amount_minor
      else p.amount_minor end::numeric as debit
  from own o join journal_part p on p.journal_id = o.id
), made as (
  select s.id, t.accounts ->> s.role as account, s.dimensions, s.debit
  from signed s cross join the_close t where s.kind <> 'reversal'
  union all
  select s.id, case when s.kind = 'remeasurement' then t.accounts ->> 'fx_gain_loss' else s.account end,
    s.dimensions, -s.debit
  from signed s cross join the_close t where s.kind <> 'reversal'
  union all
  select o.id, l.account, l.dimensions, l.credit_minor - l.debit_minor
  from own o join journal_line l on l.journal_id = o.reverses_id where o.kind = 'reversal'
), found as (
  select id, account, dimensions, sum(debit) as debit from made group by id, account, dimensions having sum(debit) <> 0
), stands as (
  select o.id, l.account, l.dimensions, sum(l.debit_minor - l.credit_minor) as debit
  from own o join journal_line l on l.journal_id = o.id where o.kind <> 'adoption'
  group by o.id, l.account, l.dimensions having sum(l.debit_minor - l.credit_minor) <> 0
)
select 'journal ' || o.name as subject, 'account ' || coalesce(s.account, f.account) as figure,
  coalesce(s.debit, 0) as stands, coalesce(f.debit, 0) as recomputed
from stands s
full join found f on f.id = s.id and f.account = s.account and f.dimensions = s.dimensions
join own o on o.id = coalesce(s.id, f.id)
union all
select 'journal ' || o.name, 'debits and credits', sum(l.debit_minor), sum(l.credit_minor)
from own o join journal_line l on l.journal_id = o.id group by o.name
