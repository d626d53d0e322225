-- The rate of each foreign document (§8): its own, else the spot of its date, at most a week old.
select k.reading, k.document_id, coalesce(k.rate, (
    select s.rate from spot s where s.currency = k.currency and s.day between k.date - 7 and k.date
    order by s.day desc limit 1
  )) as rate
from known_document k cross join the_close c
where k.currency <> c.functional
