-- Why a line's revenue is not recomputed here: one reason a line, the first that holds; `unbilled`
-- where what is billed of it isn't, either.
with reason as (
  select c.reading, c.line, 1 as place, c.why_not as why, exists (
      select from bills b where b.reading = c.reading and b.bills = 'whole' and b.billed = split_part(c.line, '/', 1)
    ) as unbilled
  from course c where c.why_not is not null
  union all
  select b.reading, b.line, 2, 'a credit''s effect was read from words in its text', false
  from billing b join credit e on e.reading = b.reading and e.line = b.source
  where b.is_credit and e.effect = 'unread'
  union all
  select b.reading, b.line, 3, 'a credit is above what is left of its line', true
  from credit e
  join lateral (
    select sum(x.amount) as taken from credit x where x.reading = e.reading and x.credited = e.credited
  ) s on true
  join billing b on b.reading = e.reading and b.source = e.line
  where abs(s.taken) > abs(e.credited_amount) or e.amount * e.credited_amount > 0
  union all
  select e.reading, e.line, 3, 'a credit is above what is left of its line', true
  from event e join course c using (reading, line)
  group by e.reading, e.line, c.price
  having abs(sum(e.part)) > abs(c.price) or bool_or(e.part * c.price < 0)
  union all
  select b.reading, b.line, 4, 'a credit in foreign currency moves the layers of its line', false
  from billing b join course c using (reading, line) where b.is_credit and c.is_foreign
  union all
  select c.reading, c.line, 5, 'a figure was imported at its adoption', false
  from course c
  cross join the_close t
  where exists (
    select from imported_position i
    where i.line = c.line and i.import_id = (
      select max(a.id) from adoption_import a where a.entity_id = t.entity_id and a.imported_at <= t.made_at
    )
  )
  union all
  select c.reading, c.line, 6, 'foreign revenue by completion or usage, or with bills of both signs', false
  from course c
  where c.is_foreign and (c.method in ('percent_complete', 'usage')
    or (select count(distinct l.side) from layer l where l.reading = c.reading and l.line = c.line) > 1)
)
select distinct on (reading, line) reading, line, why, bool_or(unbilled) over (partition by reading, line) as unbilled
from reason order by reading, line, place
