-- What is billed of each line in all (§5), and the layers in which it lies (§8): how many, on which
-- sides, and the one where there is just one.
select id, sum(amount) as billed, sum(functional) as functional, bool_and(functional is not null) as known,
  bool_or(is_credit) as credited,
  count(*) filter (where is_layer) as layers, min(sign(amount)) filter (where is_layer) as side,
  max(sign(amount)) filter (where is_layer) as other_side, max(date) filter (where is_layer) as layer_date,
  sum(functional) filter (where is_layer) as layer_functional, abs(sum(amount) filter (where is_layer)) as layer_size
from billing cross join lateral (select not is_credit and amount <> 0 as is_layer) l
group by id
