-- Groups: a school class or an agency, booked from a list by somebody who answers for it. And whose
-- phone an appointment has, where a relative booked for somebody without one.

alter table office add column group_share smallint not null default 50;
alter table office add constraint office_group_share_range check (group_share between 0 and 100);
comment on column office.group_share is 'Percent of a day''s bookable places that groups may have together; the rest stays for everybody else.';

create table group_booking (
  group_id uuid not null,
  office_id integer not null,
  on_day date not null,
  service_code text not null,
  booked_by uuid not null,
  people smallint not null,
  booked_at timestamptz not null default app_now(),
  constraint group_booking_pkey primary key (group_id),
  constraint group_booking_office_id_fkey foreign key (office_id) references office,
  constraint group_booking_service_code_fkey foreign key (service_code) references service,
  constraint group_booking_booked_by_fkey foreign key (booked_by) references account (account_id),
  constraint group_booking_people_range check (people between 1 and 200)
);
create index group_booking_office_day_idx on group_booking (office_id, on_day);
comment on table group_booking is 'A group that was booked in one step.';
comment on column group_booking.group_id is 'Made by the program (UUIDv7).';
comment on column group_booking.office_id is 'Where.';
comment on column group_booking.on_day is 'On which local day.';
comment on column group_booking.service_code is 'What for.';
comment on column group_booking.booked_by is 'Who booked it and may print its slips.';
comment on column group_booking.people is 'How many were booked.';
comment on column group_booking.booked_at is 'When.';

create table group_person (
  group_id uuid not null,
  appointment_id uuid not null,
  constraint group_person_pkey primary key (appointment_id),
  constraint group_person_group_id_fkey foreign key (group_id) references group_booking on delete cascade,
  constraint group_person_appointment_id_fkey foreign key (appointment_id) references appointment on delete cascade
);
create index group_person_group_id_idx on group_person (group_id);
comment on table group_person is 'Who was booked with a group. Each is a party of one: what befalls one of them, such as a slot that closes, does not uproot the class.';
comment on column group_person.group_id is 'Which group.';
comment on column group_person.appointment_id is 'Whose appointment.';

alter table appointment add column phone_is_proxys boolean not null default false;
alter table appointment add constraint appointment_proxys_phone_has_proxy
  check (not phone_is_proxys or (phone is not null and proxy_name is not null));
comment on column appointment.phone_is_proxys is 'The phone is that of the relative who booked, for the person has none.';
comment on column appointment.phone is 'The person''s or the relative''s phone, encrypted for this row.';
comment on column appointment.proxy_relation is 'What the relative is to the person.';
