-- What boards show beside the counts: how much came late, and what each author brought.

alter table rollup_day
  add column late integer not null default 0,
  add constraint rollup_day_late check (late >= 0);
alter table rollup_month
  add column late integer not null default 0,
  add constraint rollup_month_late check (late >= 0);
alter table rollup_total
  add column late integer not null default 0,
  add constraint rollup_total_late check (late >= 0);
comment on column rollup_day.late is 'How many of n came more than three days after the day on which it was done.';
comment on column rollup_month.late is 'How many of n came more than three days after the day on which it was done.';
comment on column rollup_total.late is 'How many of n came more than three days after the day on which it was done.';

create table rollup_author_day (
  author_id uuid not null,
  stage text not null,
  on_day date not null,
  n integer not null default 0,
  assists integer not null default 0,
  constraint rollup_author_day_pkey primary key (author_id, stage, on_day),
  constraint rollup_author_day_author_id_fkey foreign key (author_id) references account,
  constraint rollup_author_day_stage_known check (stage in ('installed', 'level1_activated', 'level2_collected', 'level2_approved', 'level2_activated')),
  constraint rollup_author_day_counts check (n >= 0 and assists >= 0)
);
comment on table rollup_author_day is 'The same counts by author and day: what teams and volunteers brought. Written with the others, and proved with them.';
comment on column rollup_author_day.author_id is 'Who recorded what counts.';
comment on column rollup_author_day.stage is 'The stage.';
comment on column rollup_author_day.on_day is 'The day on which it was done.';
comment on column rollup_author_day.n is 'Citizens whose credit lies with a record of theirs.';
comment on column rollup_author_day.assists is 'Citizens whom they helped after another union already had.';

-- What was recorded before this column and this table were.
update rollup_day r set late = c.late
from (
  select f.village_id, f.stage, f.mass_union, f.on_day, count(*) as late
  from credit k join fact f using (op_id)
  where f.received_on > f.on_day + 3
  group by 1, 2, 3, 4
) c
where (r.village_id, r.stage, r.mass_union, r.on_day) = (c.village_id, c.stage, c.mass_union, c.on_day);
update rollup_month r set late = c.late
from (
  select village_id, stage, mass_union, date_trunc('month', on_day)::date as month, sum(late) as late
  from rollup_day where late > 0
  group by 1, 2, 3, 4
) c
where (r.village_id, r.stage, r.mass_union, r.month) = (c.village_id, c.stage, c.mass_union, c.month);
update rollup_total r set late = c.late
from (
  select village_id, stage, mass_union, sum(late) as late
  from rollup_day where late > 0
  group by 1, 2, 3
) c
where (r.village_id, r.stage, r.mass_union) = (c.village_id, c.stage, c.mass_union);
insert into rollup_author_day (author_id, stage, on_day, n, assists)
select author_id, stage, on_day,
    count(*) filter (where place = 1),
    count(*) filter (where place_in_union = 1 and mass_union <> holding_union)
from (
  select f.author_id, f.stage, f.on_day, f.mass_union,
      row_number() over whole as place,
      row_number() over (partition by p.head_id, f.stage, f.mass_union order by f.effective_at, f.op_id)
          as place_in_union,
      first_value(f.mass_union) over whole as holding_union
  from fact f
  join (select person_id, coalesce(canonical_id, person_id) as head_id from person) p
      on p.person_id = f.person_id
  where f.voided_by is null and f.device_holder is distinct from 'helper'
  window whole as (partition by p.head_id, f.stage order by f.effective_at, f.op_id)
) ranked
where place = 1 or place_in_union = 1 and mass_union <> holding_union
group by author_id, stage, on_day;
