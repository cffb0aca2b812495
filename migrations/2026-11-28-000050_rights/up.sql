-- What people agreed to, and what they ask for about their own data: each request has a day on which it is
-- due, and what became of it stays readable when the person is not known here any more.

create table consent (
  op_id uuid not null,
  person_id uuid not null,
  method text not null,
  text_version text,
  given_at timestamptz not null,
  recorded_by uuid not null,
  withdrawn_at timestamptz,
  constraint consent_pkey primary key (op_id),
  constraint consent_person_id_key unique nulls not distinct (person_id, method, text_version),
  constraint consent_op_id_fkey foreign key (op_id) references operation,
  constraint consent_person_id_fkey foreign key (person_id) references person,
  constraint consent_recorded_by_fkey foreign key (recorded_by) references account (account_id),
  constraint consent_method_length check (char_length(method) between 1 and 30),
  constraint consent_text_version_form check (text_version ~ '^[A-Za-z0-9._-]{1,20}$')
);
comment on table consent is 'The proof of a consent: the first of each method and text. Written with the operation in which it was said.';
comment on column consent.op_id is 'The operation in which it was said.';
comment on column consent.person_id is 'Who agreed.';
comment on column consent.method is 'How: signed, spoken, sms.';
comment on column consent.text_version is 'Which text they were told. Null: the app did not say.';
comment on column consent.given_at is 'When, by the corrected clock.';
comment on column consent.recorded_by is 'Who asked them and wrote it down.';
comment on column consent.withdrawn_at is 'When they took it back, or had everything erased.';
revoke update, delete on consent from to06_server;
-- A consent is only ever withdrawn.
grant update (withdrawn_at) on consent to to06_server;

insert into consent (op_id, person_id, method, given_at, recorded_by)
select distinct on (p.person_id) f.op_id, p.person_id, p.consent_method, p.consent_at, f.author_id
from person p
join fact f on f.person_id = p.person_id
order by p.person_id, f.effective_at, f.op_id;

create table rights_request (
  rights_request_id uuid not null,
  kind text not null,
  unit_id integer not null,
  person_id uuid,
  subject_blind bytea,
  id_tail text,
  appointment_id uuid,
  shown_by text not null,
  words bytea,
  received_by uuid,
  received_at timestamptz not null default app_now(),
  acknowledge_by date not null,
  due_on date not null,
  state text not null default 'received',
  acknowledged_at timestamptz,
  acknowledged_by uuid,
  extended_at timestamptz,
  extended_by uuid,
  extension_reason bytea,
  settled_at timestamptz,
  settled_by uuid,
  ground text,
  answer bytea,
  constraint rights_request_pkey primary key (rights_request_id),
  constraint rights_request_unit_id_fkey foreign key (unit_id) references unit,
  constraint rights_request_person_id_fkey foreign key (person_id) references person,
  constraint rights_request_appointment_id_fkey foreign key (appointment_id) references appointment,
  constraint rights_request_received_by_fkey foreign key (received_by) references account (account_id),
  constraint rights_request_acknowledged_by_fkey foreign key (acknowledged_by) references account (account_id),
  constraint rights_request_extended_by_fkey foreign key (extended_by) references account (account_id),
  constraint rights_request_settled_by_fkey foreign key (settled_by) references account (account_id),
  constraint rights_request_kind_known check (kind in ('access', 'correct', 'erase', 'withdraw', 'restrict', 'object')),
  constraint rights_request_shown_by_known check (shown_by in ('card', 'code', 'staff')),
  constraint rights_request_state_known check (state in ('received', 'acknowledged', 'extended', 'done', 'refused', 'withdrawn')),
  constraint rights_request_id_tail_form check (id_tail ~ '^[0-9]{4}$'),
  constraint rights_request_code_has_appointment check ((shown_by = 'code') = (appointment_id is not null)),
  constraint rights_request_staff_received check ((shown_by = 'code') = (received_by is null)),
  constraint rights_request_days_order check (acknowledge_by <= due_on),
  constraint rights_request_acknowledged_whole check ((acknowledged_at is null) = (acknowledged_by is null)),
  constraint rights_request_extended_whole check ((extended_at is null) = (extended_by is null)),
  constraint rights_request_settled_whole check ((state in ('done', 'refused', 'withdrawn')) = (settled_at is not null)),
  constraint rights_request_ground_of_refusal check ((state = 'refused') = (ground is not null)),
  constraint rights_request_open_is_of_somebody check (settled_at is not null or person_id is not null or subject_blind is not null),
  constraint rights_request_settled_forgets_whom check (settled_at is null or (subject_blind is null and id_tail is null and words is null))
);
create unique index rights_request_open_number_key on rights_request (subject_blind, kind)
  where settled_at is null and subject_blind is not null;
create unique index rights_request_open_person_key on rights_request (person_id, kind)
  where settled_at is null and subject_blind is null;
create index rights_request_due_idx on rights_request (due_on, rights_request_id) where settled_at is null;
create index rights_request_person_id_idx on rights_request (person_id);
create index rights_request_appointment_id_idx on rights_request (appointment_id);
create index rights_request_settled_at_idx on rights_request (settled_at);
comment on table rights_request is 'What people ask for about their own data (Law 91/2025/QH15), until when it is due, and what became of it. Once settled it says no more of whom it was about than the person''s id.';
comment on column rights_request.rights_request_id is 'Made by the program (UUIDv7).';
comment on column rights_request.kind is 'access, correct, erase, withdraw, restrict or object.';
comment on column rights_request.unit_id is 'Who answers for this unit decides.';
comment on column rights_request.person_id is 'Whom it is about, if recording knows them.';
comment on column rights_request.subject_blind is 'Keyed hash of the ID number, while it is open.';
comment on column rights_request.id_tail is 'Last four digits of the ID number, while it is open.';
comment on column rights_request.appointment_id is 'By whose code and secret it was asked.';
comment on column rights_request.shown_by is 'How they showed who they are: card, code (of an appointment), staff (who knows whom they recorded).';
comment on column rights_request.words is 'What exactly they ask for, encrypted for this row, while it is open.';
comment on column rights_request.received_by is 'Who wrote it down. Null: the person did, with the code of an appointment.';
comment on column rights_request.received_at is 'When it came: days are counted from the day after, in Vietnam.';
comment on column rights_request.acknowledge_by is 'Last day to acknowledge it.';
comment on column rights_request.due_on is 'Last day to settle it, as it is after an extension.';
comment on column rights_request.state is 'received, acknowledged, extended; done, refused, withdrawn (by the person).';
comment on column rights_request.acknowledged_at is 'When the person was told that it came, and how it goes on.';
comment on column rights_request.acknowledged_by is 'By whom.';
comment on column rights_request.extended_at is 'When it got more time, which it does once.';
comment on column rights_request.extended_by is 'By whom.';
comment on column rights_request.extension_reason is 'Why, encrypted for this row: people write names.';
comment on column rights_request.settled_at is 'When it was done, refused or withdrawn.';
comment on column rights_request.settled_by is 'By whom. Null: by the person.';
comment on column rights_request.ground is 'Why the law lets it be refused.';
comment on column rights_request.answer is 'What the person is answered, encrypted for this row; emptied when they are erased.';

alter table operation drop constraint operation_kind_known;
alter table operation add constraint operation_kind_known
  check (kind in ('record', 'visit', 'void', 'note', 'replace', 'request_appointment', 'activity', 'correct', 'unknown'));
comment on column operation.kind is 'record, visit, void, note, replace, request_appointment or activity; correct: written by the server when a person had something put right; unknown: kept until the program knows it.';
