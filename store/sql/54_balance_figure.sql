-- Balances by line and role as they stand in the positions, and as netted here. A line has one balance at
-- each end: where the position says the same, one row counts it with the others that agree.
with home as (
  select power(10::numeric, coalesce(d.decimals, 2)) as unit
  from the_close left join decimals d on d.currency = functional
), straight as (
  select line, jsonb_object_agg(role, amount) as by_role from coded where amount <> 0 group by line
), side as (
  select m.line, s.figure, s.by_role, case when n.amount <> 0 then n.role end as role, n.amount, null::jsonb as made
  from recomputed m
  cross join lateral (values ('opening', m.opening), ('closing', m.closing)) s(figure, by_role)
  left join netted n on n.at = s.figure and n.line = m.line
  where s.figure = 'closing' or n.line is not null or not m.was_frozen
  union all
  select m.line, 'coded by documents', m.coded, null, null, c.by_role
  from recomputed m left join straight c on c.line = m.line
  where not m.held and not m.unbilled and (m.coded <> '{}' or c.line is not null)
), compared as (
  select s.*, s.made is null and case when s.role is null then s.by_role = '{}'
    else s.by_role - s.role = '{}' and (s.by_role ->> s.role)::numeric * h.unit = s.amount end is true as agrees
  from side s cross join home h
  offset 0
), judged as (
  select agrees, case when not agrees then line end as line, case when not agrees then figure end as figure,
    case when not agrees then by_role end as by_role, case when not agrees then role end as role,
    case when not agrees then amount end as amount, case when not agrees then made end as made,
    count(role) as agreeing
  from compared group by 1, 2, 3, 4, 5, 6, 7
), said as (
  select j.line, j.figure, e.key as role, e.value::numeric * h.unit as amount
  from judged j cross join home h cross join lateral jsonb_each_text(j.by_role) e
  where not j.agrees and e.value::numeric <> 0
), found as (
  select line, figure, role, amount from judged where not agrees and role is not null
  union all
  select j.line, j.figure, e.key, e.value::numeric
  from judged j cross join lateral jsonb_each_text(j.made) e where not j.agrees
)
select null as line, null as figure, null::numeric as stands, null::numeric as recomputed, agreeing
from judged where agrees
union all
select coalesce(s.line, f.line), coalesce(s.figure, f.figure) || ' ' || replace(coalesce(s.role, f.role), '_', ' '),
  coalesce(s.amount, 0), coalesce(f.amount, 0), null
from said s full join found f on f.line = s.line and f.figure = s.figure and f.role = s.role
union all
select null, null, null, null, count(*) from recomputed m left join non_current n on n.line = m.line
where m.non_current_minor = coalesce(n.amount, 0)
union all
select m.line, 'non-current', m.non_current_minor, coalesce(n.amount, 0), null
from recomputed m left join non_current n on n.line = m.line
where m.non_current_minor <> coalesce(n.amount, 0)
