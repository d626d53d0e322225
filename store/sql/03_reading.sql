-- The days at whose end the book is read (§§9, 11): the period's end, as known then; and where this
-- close is the entity's first, the day of adoption, as known on that day.
select 'end' as reading, period_end as at from the_close
union all
select 'adoption', adoption_date from the_close where adopts
