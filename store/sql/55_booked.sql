-- What the books hold of each line in each balance account (§6) once this proposal's journals are
-- posted: the parts of journals dated up to the period's end, ours that stand in the ledger and this
-- proposal's; what was adopted or booked by hand and is frozen; and what documents coded straight to
-- the account have put there. A journal that people changed counts as somebody accepted it.
with followed as (
  select d.ledger_id from resolution s
  join the_close t on s.entity_id = t.entity_id and s.decided_at <= t.made_at
  join drift d on s.subject = 'drift/' || d.id
  where s.code = 'journal_changed'
), part as (
  select p.line, p.unit, p.role, p.account, p.dimensions, p.amount_minor::numeric as amount
  from journal_part p join journal j on j.id = p.journal_id join the_close t on j.entity_id = t.entity_id
  where (j.state in ('posted', 'reversed') or j.proposal_id = t.proposal_id)
    and coalesce(j.belongs_to, j.date) <= t.period_end
    and (j.ledger_id is null or j.ledger_id not in (select ledger_id from followed))
  union all
  select p.line, p.unit, p.role, p.account, p.dimensions, p.amount_minor
  from journal_part p join close c on c.proposal_id = p.proposal_id join the_close t on c.entity_id = t.entity_id
  where p.journal_id is null
    and (p.proposal_id = t.proposal_id or (c.step = 'closed' and c.period_end < t.period_start))
  union all
  select p.line, p.unit, e.key, p.account, p.dimensions,
    e.value::numeric * power(10::numeric, coalesce(d.decimals, 2))
  from the_close t
  left join decimals d on d.currency = t.functional
  join position p on p.proposal_id = (select proposal_id from the_close) and p.coded <> '{}'
  cross join lateral jsonb_each_text(p.coded) e
)
select line, unit, role, account, dimensions, sum(amount) as amount
from part group by line, unit, role, account, dimensions having sum(amount) <> 0
