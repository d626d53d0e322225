-- What people said of lines (§§4, 7, 12), as known at each reading: of several words the last one
-- counts for what it names.
with word as (
  select r.reading, coalesce(k.root || substr(s.subject, length(k.contract) + 1), s.subject) as line,
    s.remedy, s.service_start, s.service_end, s.obligation, s.effect, s.effective,
    row_number() over (partition by r.reading, s.subject
      order by s.open_from is not null, s.open_from, s.id) as place
  from reading r
  join the_close c on true
  join resolution s on s.entity_id = c.entity_id and s.decided_at <= c.made_at
    and (s.open_from is null or s.open_from <= r.at)
    and s.code not in ('adoption_difference', 'reversal', 'foreign_journal', 'journal_changed')
  left join root k on k.contract = split_part(s.subject, '/', 1)
)
select reading, line,
  (array_agg(remedy order by place desc))[1] = 'exclude' as excluded,
  (array_agg(service_start order by place desc) filter (where service_start is not null))[1] as service_start,
  (array_agg(obligation order by place desc) filter (where obligation is not null))[1] as obligation,
  (array_agg(effect order by place desc) filter (where effect is not null))[1] as effect,
  (array_agg(effective order by place desc) filter (where effective is not null))[1] as effective
from word group by reading, line
