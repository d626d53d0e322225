-- Balances by line and role as they stand in the positions, and as netted here.
with stands as (
  select p.line, f.figure, e.key as role, e.value::numeric * power(10::numeric, coalesce(d.decimals, 2)) as amount
  from the_close t
  join position p on p.proposal_id = t.proposal_id
  join recomputed m on m.line = p.line
  cross join lateral (values ('opening', p.opening), ('closing', p.closing),
    ('coded by documents', case when p.held or m.unbilled then '{}' else p.coded end)) f(figure, by_role)
  cross join lateral jsonb_each_text(f.by_role) e
  left join decimals d on d.currency = t.functional
  where e.value::numeric <> 0
), found as (
  select n.line, n.at as figure, n.role, n.amount
  from netted n join recomputed m on m.line = n.line where n.amount <> 0
  union all
  select c.line, 'coded by documents', c.role, c.amount
  from coded c join recomputed m on m.line = c.line where c.amount <> 0 and not m.held and not m.unbilled
)
select coalesce(s.line, f.line) as line,
  coalesce(s.figure, f.figure) || ' ' || replace(coalesce(s.role, f.role), '_', ' ') as figure,
  coalesce(s.amount, 0) as stands, coalesce(f.amount, 0) as recomputed
from stands s full join found f on f.line = s.line and f.figure = s.figure and f.role = s.role
left join frozen z on z.line = coalesce(s.line, f.line)
left join member o on o.at = 'opening' and o.line = z.line
where coalesce(s.figure, f.figure) <> 'opening' or z.line is null or o.line is not null
union all
select p.line, 'non-current', p.non_current_minor, coalesce(n.amount, 0)
from the_close t join position p on p.proposal_id = t.proposal_id left join non_current n on n.line = p.line
