-- The calendar: days that are decided otherwise, exceptions of offices, their desks and kits, and
-- places that are added to a slot.

create table calendar_day (
  on_date date not null,
  decision text not null,
  like_weekday smallint,
  reason text not null,
  set_by uuid,
  set_at timestamptz not null default app_now(),
  constraint calendar_day_pkey primary key (on_date),
  constraint calendar_day_set_by_fkey foreign key (set_by) references account (account_id),
  constraint calendar_day_decision_known check (decision in ('day_off', 'working_day')),
  constraint calendar_day_like_weekday_range check (like_weekday between 1 and 7),
  constraint calendar_day_worked_like_some_day check ((decision = 'working_day') = (like_weekday is not null))
);
comment on table calendar_day is 'A day that law and weekday would make otherwise. What the law says stands in the program.';
comment on column calendar_day.on_date is 'Which local day.';
comment on column calendar_day.decision is 'day_off or working_day.';
comment on column calendar_day.like_weekday is 'Whose hours are worked on a working day, 1 Monday to 7 Sunday.';
comment on column calendar_day.reason is 'For people.';
comment on column calendar_day.set_by is 'The administrator.';
comment on column calendar_day.set_at is 'When.';

alter table office
  add column open_on_holidays boolean not null default false,
  add column desks smallint,
  add column people_per_kit smallint not null default 2,
  add constraint office_desks_range check (desks between 1 and 50),
  add constraint office_people_per_kit_range check (people_per_kit between 1 and 12);
comment on column office.open_on_holidays is 'Its weekly hours hold on public holidays too.';
comment on column office.desks is 'Desks with somebody at them; null: as many as there are kits.';
comment on column office.people_per_kit is 'People that one kit serves in one slot.';

create table kit (
  office_id integer not null,
  name text not null,
  out_since timestamptz,
  out_until timestamptz,
  out_reason text,
  constraint kit_pkey primary key (office_id, name),
  constraint kit_office_id_fkey foreign key (office_id) references office,
  constraint kit_outage_whole check (
    (out_since is null) = (out_until is null) and (out_since is null) = (out_reason is null)),
  constraint kit_outage_span check (out_since < out_until)
);
comment on table kit is 'A collection kit of an office. Working kits bound the capacity of its slots; an office without kits has the capacity of its hours.';
comment on column kit.office_id is 'Which office.';
comment on column kit.name is 'Unlike that of every other kit of the office.';
comment on column kit.out_since is 'Out of order since then.';
comment on column kit.out_until is 'It counts as working again from then.';
comment on column kit.out_reason is 'What is wrong.';

create table office_exception (
  exception_id uuid not null,
  office_id integer not null,
  kind text not null,
  from_on date not null,
  to_on date not null,
  from_min smallint not null default 0,
  to_min smallint not null default 1440,
  capacity smallint,
  unit_id integer,
  address text,
  directions text,
  reason text not null,
  note text not null default '',
  closure_id uuid,
  set_by uuid,
  set_at timestamptz not null default app_now(),
  constraint office_exception_pkey primary key (exception_id),
  constraint office_exception_office_id_fkey foreign key (office_id) references office,
  constraint office_exception_unit_id_fkey foreign key (unit_id) references unit,
  constraint office_exception_set_by_fkey foreign key (set_by) references account (account_id),
  constraint office_exception_closure_key unique (closure_id, office_id),
  constraint office_exception_kind_known check (kind in ('closed', 'capacity', 'open')),
  constraint office_exception_days_span check (from_on <= to_on and to_on - from_on <= 366),
  constraint office_exception_hours_span check (0 <= from_min and from_min < to_min and to_min <= 1440),
  constraint office_exception_capacity_range check (capacity between 1 and 50),
  constraint office_exception_capacity_of_its_kind check ((kind = 'capacity') = (capacity is not null)),
  constraint office_exception_place_whole check (
    (unit_id is null) = (address is null) and (unit_id is null) = (directions is null)),
  constraint office_exception_place_is_open check (unit_id is null or kind = 'open')
);
create index office_exception_to_on_idx on office_exception (to_on);
create index office_exception_office_id_idx on office_exception (office_id);
comment on table office_exception is 'Days of an office that are other than its weeks. A later exception stands over an earlier one.';
comment on column office_exception.exception_id is 'Made by the program (UUIDv7).';
comment on column office_exception.office_id is 'Which office.';
comment on column office_exception.kind is 'closed, capacity or open.';
comment on column office_exception.from_on is 'First local day.';
comment on column office_exception.to_on is 'Last local day.';
comment on column office_exception.from_min is 'From this minute after midnight: of closed and capacity.';
comment on column office_exception.to_min is 'Up to this minute after midnight: of closed and capacity.';
comment on column office_exception.capacity is 'Places of each slot.';
comment on column office_exception.unit_id is 'The commune where a mobile team stands on these days.';
comment on column office_exception.address is 'Where to go on these days.';
comment on column office_exception.directions is 'How to find it on these days.';
comment on column office_exception.reason is 'For the record.';
comment on column office_exception.note is 'For citizens.';
comment on column office_exception.closure_id is 'The closure of many offices that it is part of: each office is closed once by it.';
comment on column office_exception.set_by is 'Who made it.';
comment on column office_exception.set_at is 'When.';

create table exception_session (
  exception_id uuid not null,
  session smallint not null,
  opens_min smallint not null,
  closes_min smallint not null,
  capacity smallint not null,
  constraint exception_session_pkey primary key (exception_id, session),
  constraint exception_session_exception_id_fkey foreign key (exception_id) references office_exception on delete cascade,
  constraint exception_session_session_range check (session between 1 and 2),
  constraint exception_session_span check (0 <= opens_min and opens_min < closes_min and closes_min <= 1440),
  constraint exception_session_capacity_range check (capacity between 1 and 50)
);
comment on table exception_session is 'The sessions of an exception that opens an office; without any, those of the weekday.';
comment on column exception_session.exception_id is 'Which exception.';
comment on column exception_session.session is '1 morning, 2 afternoon.';
comment on column exception_session.opens_min is 'Minutes after local midnight.';
comment on column exception_session.closes_min is 'Minutes after local midnight, up to 1440.';
comment on column exception_session.capacity is 'Places of each slot.';

create table slot_extra (
  office_id integer not null,
  starts_at timestamptz not null,
  places smallint not null,
  reason text not null,
  set_by uuid,
  set_at timestamptz not null default app_now(),
  constraint slot_extra_pkey primary key (office_id, starts_at),
  constraint slot_extra_office_id_fkey foreign key (office_id) references office,
  constraint slot_extra_set_by_fkey foreign key (set_by) references account (account_id),
  constraint slot_extra_places_range check (places between 1 and 50)
);
create index slot_extra_starts_at_idx on slot_extra (starts_at);
comment on table slot_extra is 'Places added to a slot, beyond hours and kits.';
comment on column slot_extra.office_id is 'Which office.';
comment on column slot_extra.starts_at is 'Which slot.';
comment on column slot_extra.places is 'How many.';
comment on column slot_extra.reason is 'Why.';
comment on column slot_extra.set_by is 'Who added them.';
comment on column slot_extra.set_at is 'When.';

create index appointment_conflict_idx on appointment (office_id, starts_at) where status = 'conflict';
