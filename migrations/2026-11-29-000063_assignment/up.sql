-- Who works which village, from when to when, and who cares for which person; handed over from one to another whole.

create table transfer (
  transfer_id uuid not null,
  from_account_id uuid not null,
  to_account_id uuid not null,
  reason text not null,
  made_by uuid not null,
  made_at timestamptz not null,
  undone_by uuid,
  undone_at timestamptz,
  constraint transfer_pkey primary key (transfer_id),
  constraint transfer_from_account_id_fkey foreign key (from_account_id) references account (account_id),
  constraint transfer_to_account_id_fkey foreign key (to_account_id) references account (account_id),
  constraint transfer_made_by_fkey foreign key (made_by) references account (account_id),
  constraint transfer_undone_by_fkey foreign key (undone_by) references account (account_id),
  constraint transfer_to_somebody_else check (from_account_id <> to_account_id),
  constraint transfer_reason_length check (char_length(reason) between 1 and 200),
  constraint transfer_undone_whole check ((undone_by is null) = (undone_at is null)),
  constraint transfer_undone_within_a_day check (undone_at <= made_at + interval '1 day')
);
create index transfer_from_account_id_idx on transfer (from_account_id, transfer_id);
comment on table transfer is 'One act by which villages and people went from one volunteer to another. What was recorded, and whom it is credited to, never moves.';
comment on column transfer.transfer_id is 'Made by the program (UUIDv7).';
comment on column transfer.from_account_id is 'Whose they were.';
comment on column transfer.to_account_id is 'Whose they became.';
comment on column transfer.reason is 'Why. Never a name.';
comment on column transfer.made_by is 'Who did it.';
comment on column transfer.made_at is 'When.';
comment on column transfer.undone_by is 'Who took it back.';
comment on column transfer.undone_at is 'When, within a day. Null: it stands.';
revoke update, delete on transfer from to06_server;
grant update (undone_by, undone_at) on transfer to to06_server;

create table village_assignment (
  assignment_id uuid not null,
  account_id uuid not null,
  village_id integer not null,
  place_no smallint not null,
  begun_at timestamptz not null,
  begun_by uuid not null,
  begun_in uuid,
  until_at timestamptz,
  ended_at timestamptz,
  ended_by uuid,
  ended_in uuid,
  constraint village_assignment_pkey primary key (assignment_id),
  constraint village_assignment_account_id_fkey foreign key (account_id) references account,
  constraint village_assignment_village_id_fkey foreign key (village_id) references unit,
  constraint village_assignment_begun_by_fkey foreign key (begun_by) references account (account_id),
  constraint village_assignment_begun_in_fkey foreign key (begun_in) references transfer (transfer_id),
  constraint village_assignment_ended_by_fkey foreign key (ended_by) references account (account_id),
  constraint village_assignment_ended_in_fkey foreign key (ended_in) references transfer (transfer_id),
  constraint village_assignment_place_no_range check (place_no between 1 and 20),
  constraint village_assignment_span check (until_at >= begun_at and ended_at >= begun_at),
  constraint village_assignment_ended_whole check ((ended_by is null) = (ended_at is null)),
  constraint village_assignment_ended_by_somebody check (ended_in is null or ended_by is not null),
  constraint village_assignment_once exclude using gist (account_id with =, village_id with =, tstzrange(begun_at, least(until_at, ended_at)) with &&),
  constraint village_assignment_place_once exclude using gist (account_id with =, place_no with =, tstzrange(begun_at, least(until_at, ended_at)) with &&)
);
create index village_assignment_village_id_idx on village_assignment (village_id, begun_at);
create index village_assignment_account_id_idx on village_assignment (account_id, begun_at);
create index village_assignment_begun_in_idx on village_assignment (begun_in) where begun_in is not null;
create index village_assignment_ended_in_idx on village_assignment (ended_in) where ended_in is not null;
comment on table village_assignment is 'Which village a volunteer works, from when to when. Several may work one village; nobody has more than twenty at a time, for each takes one of twenty places.';
comment on column village_assignment.assignment_id is 'Made by the program (UUIDv7).';
comment on column village_assignment.account_id is 'Who works it.';
comment on column village_assignment.village_id is 'Which village.';
comment on column village_assignment.place_no is 'Which of the volunteer''s twenty places it takes.';
comment on column village_assignment.begun_at is 'From when on.';
comment on column village_assignment.begun_by is 'Who gave it to them.';
comment on column village_assignment.begun_in is 'The transfer by which it came, if it did.';
comment on column village_assignment.until_at is 'The end of the last day that was named. Null: none was.';
comment on column village_assignment.ended_at is 'When somebody ended it. Null: nobody did.';
comment on column village_assignment.ended_by is 'Who ended it.';
comment on column village_assignment.ended_in is 'The transfer by which it went, if it did.';
revoke update, delete on village_assignment from to06_server;
grant update (ended_at, ended_by, ended_in) on village_assignment to to06_server;

create table person_assignment (
  assignment_id uuid not null,
  person_id uuid not null,
  account_id uuid not null,
  begun_at timestamptz not null,
  begun_by uuid not null,
  begun_in uuid,
  ended_at timestamptz,
  ended_by uuid,
  ended_in uuid,
  constraint person_assignment_pkey primary key (assignment_id),
  constraint person_assignment_person_id_fkey foreign key (person_id) references person,
  constraint person_assignment_account_id_fkey foreign key (account_id) references account,
  constraint person_assignment_begun_by_fkey foreign key (begun_by) references account (account_id),
  constraint person_assignment_begun_in_fkey foreign key (begun_in) references transfer (transfer_id),
  constraint person_assignment_ended_by_fkey foreign key (ended_by) references account (account_id),
  constraint person_assignment_ended_in_fkey foreign key (ended_in) references transfer (transfer_id),
  constraint person_assignment_span check (ended_at >= begun_at),
  constraint person_assignment_ended_whole check ((ended_at is null) = (ended_by is null)),
  constraint person_assignment_ended_by_somebody check (ended_in is null or ended_by is not null),
  constraint person_assignment_one_at_a_time exclude using gist (person_id with =, tstzrange(begun_at, ended_at) with &&)
);
create index person_assignment_person_id_idx on person_assignment (person_id) where ended_at is null;
create index person_assignment_account_id_idx on person_assignment (account_id) where ended_at is null;
create index person_assignment_begun_in_idx on person_assignment (begun_in) where begun_in is not null;
create index person_assignment_ended_in_idx on person_assignment (ended_in) where ended_in is not null;
comment on table person_assignment is 'Who cares for one person, where that is not for whoever works their village: one at a time. Goes when the person is erased.';
comment on column person_assignment.assignment_id is 'Made by the program (UUIDv7).';
comment on column person_assignment.person_id is 'For whom.';
comment on column person_assignment.account_id is 'Who cares.';
comment on column person_assignment.begun_at is 'From when on.';
comment on column person_assignment.begun_by is 'Who said so.';
comment on column person_assignment.begun_in is 'The transfer by which it came, if it did.';
comment on column person_assignment.ended_at is 'When it was ended. Null: it stands.';
comment on column person_assignment.ended_by is 'Who ended it.';
comment on column person_assignment.ended_in is 'The transfer by which it went, if it did.';
revoke update, delete on person_assignment from to06_server;
grant update (ended_at, ended_by, ended_in) on person_assignment to to06_server;
-- For erasing only.
grant delete on person_assignment to to06_server;
