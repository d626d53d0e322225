-- What is billed of each line in all (§5); `known` where every rate was.
select id, sum(amount)::bigint as billed, sum(functional)::bigint as functional,
  bool_and(functional is not null) as known
from billing group by id
