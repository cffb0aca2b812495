-- Who is expected in a village: lists that somebody else made, and that volunteers work through.

create table roster (
  roster_id uuid not null,
  unit_id integer not null,
  name text not null,
  source text not null,
  made_on date not null,
  file_hash bytea not null,
  entries integer not null,
  imported_by uuid not null,
  imported_at timestamptz not null default app_now(),
  undone_by uuid,
  undone_at timestamptz,
  constraint roster_pkey primary key (roster_id),
  constraint roster_unit_id_fkey foreign key (unit_id) references unit,
  constraint roster_imported_by_fkey foreign key (imported_by) references account (account_id),
  constraint roster_undone_by_fkey foreign key (undone_by) references account (account_id),
  constraint roster_name_length check (char_length(name) between 1 and 120),
  constraint roster_source_length check (char_length(source) between 1 and 200),
  constraint roster_entries_positive check (entries > 0),
  constraint roster_undone_whole check ((undone_by is null) = (undone_at is null))
);
-- The same file stands once.
create unique index roster_file_key on roster (unit_id, file_hash) where undone_at is null;
create index roster_imported_at_idx on roster (imported_at);
comment on table roster is 'A list of people that was imported whole. Its ground is its source document. Kept when undone, without its entries.';
comment on column roster.roster_id is 'Made by the program.';
comment on column roster.unit_id is 'Within which unit its villages were looked for: whoever answers for it may see and undo the list.';
comment on column roster.name is 'What the list is called.';
comment on column roster.source is 'The document that it comes from: who made it and under which number.';
comment on column roster.made_on is 'The date of that document.';
comment on column roster.file_hash is 'Keyed hash of the file: the same file is not taken twice.';
comment on column roster.entries is 'How many people it named.';
comment on column roster.imported_by is 'Who imported it.';
comment on column roster.imported_at is 'When.';
comment on column roster.undone_by is 'Who took it back.';
comment on column roster.undone_at is 'When. Null: it stands.';
revoke update, delete on roster from to06_server;
grant update (undone_by, undone_at) on roster to to06_server;

create table roster_entry (
  roster_id uuid not null,
  person_id uuid not null,
  line integer not null,
  village_id integer not null,
  name bytea not null,
  phone bytea,
  birth_year smallint not null,
  sex text,
  smartphone boolean,
  groups text[] not null,
  made_person boolean not null,
  constraint roster_entry_pkey primary key (roster_id, person_id),
  constraint roster_entry_roster_id_fkey foreign key (roster_id) references roster,
  constraint roster_entry_person_id_fkey foreign key (person_id) references person,
  constraint roster_entry_village_id_fkey foreign key (village_id) references unit,
  constraint roster_entry_line_positive check (line > 0),
  constraint roster_entry_birth_year_range check (birth_year between 1900 and 2100),
  constraint roster_entry_sex_known check (sex in ('male', 'female'))
);
create index roster_entry_person_id_idx on roster_entry (person_id);
create index roster_entry_village_id_idx on roster_entry (village_id);
comment on table roster_entry is 'What a list says of one person. Never changed; gone when the list is undone.';
comment on column roster_entry.roster_id is 'The list.';
comment on column roster_entry.person_id is 'Who is meant: by the ID number''s keyed hash, or by name, year of birth and village.';
comment on column roster_entry.line is 'Where in the file.';
comment on column roster_entry.village_id is 'Where the list expects them.';
comment on column roster_entry.name is 'The name on the list, encrypted for this line of this list.';
comment on column roster_entry.phone is 'The phone on the list, encrypted likewise. Kept only if its owner agreed, as the list says.';
comment on column roster_entry.birth_year is 'Year of birth.';
comment on column roster_entry.sex is 'male or female, if the list or the ID number says so.';
comment on column roster_entry.smartphone is 'Whether they have one, if the list says so.';
comment on column roster_entry.groups is 'official, youth_member, women_member, party_member, student.';
comment on column roster_entry.made_person is 'Whether nobody knew this person before: they go with the list, if nobody has worked on them.';
revoke update on roster_entry from to06_server;

comment on table person is 'A citizen who agreed to be recorded, or whom a list names (consent_method list) until they do. The ID number is never kept: its keyed hash joins the records of two phones. Locked by whoever decides about this person''s stages.';
comment on column person.village_id is 'The village in which the person was first met, or is expected by a list.';
comment on column person.consent_method is 'How consent was given: signed, spoken, sms. list: not asked yet, the ground is a list''s source document.';
comment on column person.consent_at is 'When consent was given; of a list, its date.';

-- A list that is undone takes its people along, unless something refers to them: looked up by person.
create index appointment_request_person_id_idx on appointment_request (person_id);
create index person_merge_merged_id_idx on person_merge (merged_id);
