-- The days at whose end the book is read (§§9, 11): the period's end, as known then; and where this
-- close is the entity's first, the day of adoption, as known on that day. `place` keeps them apart in
-- the ids of lines.
select 'end' as reading, period_end as at, 1 as place from the_close
union all
select 'adoption', adoption_date, 0 from the_close where adopts
