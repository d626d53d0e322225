-- f(t) of every stretch at every day that is asked for.
select o.id, o.n, o.day, (select one from the_close) * o.part / o.whole as fraction, null::numeric as usage
from over_time o where o.what is null
union all
select id, n, day, fraction, usage from progress
