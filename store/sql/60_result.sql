-- The answer: every figure that differs, by what it is of; how many lines were made anew, by method;
-- how many were not, by the reason; and how many figures were compared.
with compared as (
  select line as subject, figure, stands, recomputed, currency, agreeing from figure
  union all select line, figure, stands, recomputed, functional, agreeing from balance_figure cross join the_close
  union all select line, figure, stands, recomputed, functional, agreeing from target_figure cross join the_close
  union all select subject, figure, stands, recomputed, functional, null from journal_figure cross join the_close
  union all select subject, figure, stands, recomputed, functional, null from total_figure cross join the_close
), judged as (
  select * from compared where recomputed is not null
)
select 'difference' as kind, subject as name, figure, stands, recomputed, currency, null::bigint as count
from judged where stands is distinct from recomputed
union all
select 'difference', line, figure, stands, recomputed, null, null from missing
union all
select 'difference', line, 'document', null, null, null, null from recomputed
where why in ('no document says it', 'its document is known')
union all
select 'method', method, null, null, null, null, count(*) from recomputed where why is null group by method
union all
select 'not recomputed', why, null, null, null, null, count(*) from recomputed where why is not null group by why
union all
select 'figures', 'compared', null, null, null, null,
  (select count(*) from judged) + (select coalesce(sum(agreeing), 0) from compared)::bigint
