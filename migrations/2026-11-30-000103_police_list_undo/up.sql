-- A list of the police can be taken back: what each list confirmed is known, so that a wrong one confirms for no longer
-- than it stands. Of the list itself there is still nothing but counts.

create table police_list (
  police_list_id uuid not null,
  commune_id integer not null,
  month date not null,
  stage text not null,
  theirs integer not null,
  ours integer not null,
  elsewhere integer not null,
  only_theirs integer not null,
  only_ours integer not null,
  without_number integer not null,
  matched uuid[] not null,
  imported_by uuid not null,
  imported_at timestamptz not null default app_now(),
  ended text,
  ended_at timestamptz,
  ended_by uuid,
  reason text,
  constraint police_list_pkey primary key (police_list_id),
  constraint police_list_report_fkey foreign key (commune_id, month, stage) references police_report,
  constraint police_list_imported_by_fkey foreign key (imported_by) references account (account_id),
  constraint police_list_ended_by_fkey foreign key (ended_by) references account (account_id),
  constraint police_list_ended_known check (ended in ('replaced', 'undone')),
  constraint police_list_ended_whole check ((ended is null) = (ended_at is null) and (ended is null) = (ended_by is null)),
  constraint police_list_undone_why check ((ended is not distinct from 'undone') = (reason is not null)),
  constraint police_list_reason_length check (char_length(reason) between 1 and 200),
  constraint police_list_counts check (theirs >= 0 and ours >= 0 and elsewhere >= 0 and only_theirs >= 0 and only_ours >= 0 and without_number >= 0)
);
create unique index police_list_standing_key on police_list (commune_id, month, stage) where ended is null;
create index police_list_commune_id_idx on police_list (commune_id, police_list_id);
create index police_list_matched_idx on police_list using gin (matched) where ended is null;
comment on table police_list is 'A list of the police that was imported, for one stage: counts, and which of our records it confirms as long as it stands.';
comment on column police_list.police_list_id is 'Made by the program (UUIDv7).';
comment on column police_list.commune_id is 'Whose list.';
comment on column police_list.month is 'The first day of its month.';
comment on column police_list.stage is 'level2_collected or level2_activated.';
comment on column police_list.theirs is 'Citizens in the list.';
comment on column police_list.ours is 'Citizens whom we counted in the commune in that month.';
comment on column police_list.elsewhere is 'Citizens in the list whom we counted in another commune.';
comment on column police_list.only_theirs is 'Citizens in the list whom we did not count.';
comment on column police_list.only_ours is 'Citizens of ours with a number who were not in the list.';
comment on column police_list.without_number is 'Citizens of ours without a number.';
comment on column police_list.matched is 'Records of ours that the list names.';
comment on column police_list.imported_by is 'Who imported it.';
comment on column police_list.imported_at is 'When.';
comment on column police_list.ended is 'replaced: a later list of the month stands; undone: somebody took it back. Null: it stands.';
comment on column police_list.ended_at is 'Since when.';
comment on column police_list.ended_by is 'By whom.';
comment on column police_list.reason is 'Why it was taken back. Never a name or an ID number.';
revoke update, delete on police_list from to06_server;
grant update (ended, ended_at, ended_by, reason) on police_list to to06_server;

-- Of earlier lists nobody knows any more which of them confirmed what: each keeps what is confirmed in its commune.
insert into police_list (police_list_id, commune_id, month, stage, theirs, ours, elsewhere, only_theirs, only_ours,
    without_number, matched, imported_by, imported_at)
select gen_random_uuid(), r.commune_id, r.month, r.stage, r.theirs, r.ours, r.elsewhere, r.only_theirs, r.only_ours,
    r.without_number,
    array(select f.op_id from fact f
          where f.stage = r.stage and f.confirmed_by = 'police_list'
              and f.village_id in (select p.unit_id from unit_parent p where p.parent_id = r.commune_id)),
    r.imported_by, r.imported_at
from police_report r;

alter table reconciliation_task drop constraint reconciliation_task_state_known;
alter table reconciliation_task add constraint reconciliation_task_state_known
  check (state in ('open', 'in_progress', 'explained', 'corrected', 'agrees', 'withdrawn'));
comment on column reconciliation_task.state is 'open, in_progress, explained, corrected; agrees: a later list did; withdrawn: the list was taken back.';
