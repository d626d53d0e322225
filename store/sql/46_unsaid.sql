-- Why a line's revenue is not recomputed here: one reason a line, the first that holds; `unbilled`
-- where what is billed of it isn't, either.
with whole as (
  select distinct reading, root from bills where bills = 'whole'
), taken as (
  select e.id, abs(sum(e.amount) over (partition by e.credited_id)) > abs(e.credited_amount)
    or e.amount * e.credited_amount > 0 as too_much
  from credit e
), reason as (
  select c.reading, c.id, 1 as place, c.why_not as why, w.root is not null as unbilled
  from course c
  left join whole w on w.reading = c.reading and w.root = split_part(c.line, '/', 1)
  where c.why_not is not null
  union all
  select b.reading, b.id, 2, 'a credit''s effect was read from words in its text', false
  from billing b join credit e on e.id = b.source
  where b.is_credit and e.effect = 'unread'
  union all
  select b.reading, b.id, 3, 'a credit is above what is left of its line', true
  from billing b join taken e on e.id = b.source
  where b.is_credit and e.too_much
  union all
  select c.reading, e.id, 3, 'a credit is above what is left of its line', true
  from event e join course c using (id)
  group by c.reading, e.id, c.price
  having abs(sum(e.part)) > abs(c.price) or bool_or(e.part * c.price < 0)
  union all
  select b.reading, b.id, 4, 'a credit in foreign currency moves the layers of its line', false
  from billing b join course c using (id) where b.is_credit and c.is_foreign
  union all
  select c.reading, c.id, 5, 'a figure was imported at its adoption', false
  from imported_position i
  join course c on c.line = i.line
  where i.import_id = (
    select max(a.id) from adoption_import a join the_close t on a.entity_id = t.entity_id and a.imported_at <= t.made_at
  )
  union all
  select c.reading, c.id, 6, 'foreign revenue by completion or usage, or with bills of both signs', false
  from course c
  left join layered y on y.id = c.id
  where c.is_foreign and (c.method in ('percent_complete', 'usage') or y.on_both_sides)
)
select distinct on (id) reading, id, why, bool_or(unbilled) over (partition by id) as unbilled
from reason order by id, place
