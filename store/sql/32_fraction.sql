-- f(t) of every stretch at every day that is asked for.
select reading, line, n, day, fraction, null::numeric as usage from over_time
union all
select reading, line, n, day, fraction, usage from progress
