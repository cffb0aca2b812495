-- A volunteer without a signal asks for an appointment; the server answers when they meet again.

alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'replace', 'request_appointment', 'unknown'));
comment on column operation.kind is 'record, visit, void, note, replace or request_appointment; unknown: kept until the program knows it.';

create table appointment_request (
  op_id uuid not null,
  person_id uuid not null,
  village_id integer not null,
  author_id uuid not null,
  service_code text not null,
  office_id integer,
  not_before date,
  not_after date,
  consent text not null,
  name bytea,
  phone bytea,
  effective_at timestamptz not null,
  state text not null,
  answer text,
  appointment_id uuid,
  answered_at timestamptz,
  voided_by uuid,
  constraint appointment_request_pkey primary key (op_id),
  constraint appointment_request_op_id_fkey foreign key (op_id) references operation,
  constraint appointment_request_person_id_fkey foreign key (person_id) references person,
  constraint appointment_request_village_id_fkey foreign key (village_id) references unit,
  constraint appointment_request_author_id_fkey foreign key (author_id) references account,
  constraint appointment_request_appointment_id_fkey foreign key (appointment_id) references appointment,
  constraint appointment_request_service_code_length check (char_length(service_code) between 1 and 40),
  constraint appointment_request_consent_known check (consent in ('spoken', 'written')),
  constraint appointment_request_state_known check (state in ('open', 'booked', 'refused', 'lapsed')),
  constraint appointment_request_booked_whole check ((state = 'booked') = (appointment_id is not null)),
  constraint appointment_request_answered_whole check ((state = 'open') = (answered_at is null)),
  constraint appointment_request_open_has_name check (state <> 'open' or name is not null)
);
create index appointment_request_open_idx on appointment_request (author_id, op_id)
  where state = 'open' and voided_by is null;
comment on table appointment_request is 'An appointment that a volunteer asked for in the field. Answered once, when their phone next speaks to the server.';
comment on column appointment_request.op_id is 'The operation that asks.';
comment on column appointment_request.person_id is 'For whom.';
comment on column appointment_request.village_id is 'Where they live: offices of its commune come first.';
comment on column appointment_request.author_id is 'Who asks, and is told.';
comment on column appointment_request.service_code is 'For what, as the phone said it.';
comment on column appointment_request.office_id is 'At which office, as the phone said it. Null: the nearest.';
comment on column appointment_request.not_before is 'First day that suits. Null: the day of the answer.';
comment on column appointment_request.not_after is 'Last day that suits. Null: any day that can be booked.';
comment on column appointment_request.consent is 'How the citizen agreed: spoken or written.';
comment on column appointment_request.name is 'The citizen''s name, encrypted for this row. Null once answered: it stands with the appointment.';
comment on column appointment_request.phone is 'Their phone, encrypted for this row. Null once answered.';
comment on column appointment_request.effective_at is 'When it was asked for, by the corrected clock.';
comment on column appointment_request.state is 'open, booked, refused, or lapsed: no place until the last day that suits.';
comment on column appointment_request.answer is 'Why it was refused or lapsed.';
comment on column appointment_request.appointment_id is 'What was booked.';
comment on column appointment_request.answered_at is 'When it was answered.';
comment on column appointment_request.voided_by is 'The operation that took it back. One that is open then is never answered.';
revoke update, delete on appointment_request from to06_server;
grant update (state, answer, appointment_id, answered_at, name, phone, voided_by)
  on appointment_request to to06_server;
