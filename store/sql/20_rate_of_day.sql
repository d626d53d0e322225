-- A foreign currency's spot rate for each day (§8): that day's, else the newest one, at most a week old.
select distinct on (s.currency, s.day + age) s.currency, s.day + age as day, s.rate
from spot s cross join generate_series(0, 7) age
order by s.currency, s.day + age, age
