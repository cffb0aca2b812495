-- The length of an office's slots may change from a day on; what was before stays as it was.

create table office_slot_length (
  office_id integer not null,
  first_on date not null,
  slot_min smallint not null,
  set_by uuid not null,
  set_at timestamptz not null default app_now(),
  constraint office_slot_length_pkey primary key (office_id, first_on),
  constraint office_slot_length_office_id_fkey foreign key (office_id) references office,
  constraint office_slot_length_set_by_fkey foreign key (set_by) references account (account_id),
  constraint office_slot_length_known check (slot_min in (10, 15, 20, 30, 60))
);
comment on table office_slot_length is 'Changes of the length of an office''s slots. The latest that has begun holds.';
comment on column office_slot_length.office_id is 'Which office.';
comment on column office_slot_length.first_on is 'The first local day with slots of this length.';
comment on column office_slot_length.slot_min is 'Length of a slot, in minutes.';
comment on column office_slot_length.set_by is 'Who said so last.';
comment on column office_slot_length.set_at is 'When.';
comment on column office.slot_min is 'Length of a slot, in minutes, until office_slot_length says another.';
