-- The queue of the desk: tickets, what the door was told, what the second screen shows.
-- A ticket number is unique for its office and day, a desk has one person at a time, and a citizen
-- waits once for a service: all three cannot be written down otherwise.

create table queue_rule (
  office_id integer not null,
  no_show_calls smallint not null default 3,
  grace_min smallint not null default 15,
  undo_min smallint not null default 10,
  constraint queue_rule_pkey primary key (office_id),
  constraint queue_rule_office_id_fkey foreign key (office_id) references office,
  constraint queue_rule_no_show_calls_range check (no_show_calls between 1 and 10),
  constraint queue_rule_grace_min_range check (grace_min between 0 and 60),
  constraint queue_rule_undo_min_range check (undo_min between 1 and 120)
);
comment on table queue_rule is 'How an office runs its queue, where it differs from the defaults.';
comment on column queue_rule.office_id is 'Which office.';
comment on column queue_rule.no_show_calls is 'After so many calls without an answer somebody is a no-show.';
comment on column queue_rule.grace_min is 'So many minutes late an appointment still counts as kept.';
comment on column queue_rule.undo_min is 'So many minutes an end can be taken back.';

create table ticket_count (
  office_id integer not null,
  on_day date not null,
  series text not null,
  last smallint not null,
  constraint ticket_count_pkey primary key (office_id, on_day, series),
  constraint ticket_count_office_id_fkey foreign key (office_id) references office,
  constraint ticket_count_series_known check (series in ('A', 'B')),
  constraint ticket_count_last_range check (last between 1 and 9999)
);
comment on table ticket_count is 'The last number given out, so that two tickets never wait long for each other.';
comment on column ticket_count.office_id is 'Which office.';
comment on column ticket_count.on_day is 'Which day in Vietnam.';
comment on column ticket_count.series is 'A: with an appointment; B: without.';
comment on column ticket_count.last is 'The last number.';

create table ticket (
  ticket_id uuid not null,
  office_id integer not null,
  on_day date not null,
  series text not null,
  number smallint not null,
  appointment_id uuid,
  citizen_blind bytea,
  service_code text not null,
  class text not null,
  arrived_at timestamptz not null,
  waits_from timestamptz not null,
  sort_at timestamptz not null,
  state text not null default 'waiting',
  calls smallint not null default 0,
  called_at timestamptz,
  first_called_at timestamptz,
  desk_no smallint,
  for_desk smallint,
  back_at timestamptz,
  parked_for text,
  serving_at timestamptz,
  ended_at timestamptz,
  result text,
  refused_for text,
  stage_op_id uuid,
  entered_later boolean not null default false,
  changed_at timestamptz not null default app_now(),
  constraint ticket_pkey primary key (ticket_id),
  constraint ticket_number_key unique (office_id, on_day, series, number),
  constraint ticket_appointment_id_key unique (appointment_id),
  constraint ticket_office_id_fkey foreign key (office_id) references office,
  constraint ticket_appointment_id_fkey foreign key (appointment_id) references appointment,
  constraint ticket_service_code_fkey foreign key (service_code) references service,
  constraint ticket_stage_op_id_fkey foreign key (stage_op_id) references fact (op_id),
  constraint ticket_series_known check (series in ('A', 'B')),
  constraint ticket_number_range check (number between 1 and 9999),
  constraint ticket_class_known check (class in ('none', 'elderly', 'pregnant', 'disabled', 'small_children')),
  constraint ticket_state_known check (state in ('waiting', 'called', 'serving', 'parked', 'served', 'no_show', 'left')),
  constraint ticket_desk_no_range check (desk_no between 1 and 99 and for_desk between 1 and 99),
  constraint ticket_at_desk_whole check (state not in ('called', 'serving') or (desk_no is not null and called_at is not null and calls > 0)),
  constraint ticket_parked_for_known check (parked_for in ('papers', 'photo', 'payment', 'system', 'other')),
  constraint ticket_parked_whole check ((state = 'parked') = (parked_for is not null)),
  constraint ticket_ended_whole check ((state in ('served', 'no_show', 'left')) = (ended_at is not null)),
  constraint ticket_result_known check (result in ('dossier_collected', 'card_requested', 'refused', 'other')),
  constraint ticket_served_whole check ((state = 'served') = (result is not null)),
  constraint ticket_refused_for_known check (refused_for in ('papers_missing', 'data_differs', 'not_here', 'equipment', 'other')),
  constraint ticket_refused_whole check ((result is not distinct from 'refused') = (refused_for is not null)),
  constraint ticket_stage_is_served check (stage_op_id is null or state = 'served')
);
create unique index ticket_desk_busy_key on ticket (office_id, on_day, desk_no) where state in ('called', 'serving');
create unique index ticket_citizen_live_key on ticket (citizen_blind, service_code)
  where state in ('waiting', 'called', 'serving', 'parked');
create index ticket_waiting_idx on ticket (office_id, on_day, sort_at) where state = 'waiting';
comment on table ticket is 'One person''s turn at an office on a day, with or without an appointment. Each step is one guarded update.';
comment on column ticket.ticket_id is 'Made by the program (UUIDv7).';
comment on column ticket.office_id is 'Where the person waits now.';
comment on column ticket.on_day is 'The day in Vietnam.';
comment on column ticket.series is 'A: came with an appointment; B: without.';
comment on column ticket.number is 'Printed with the letter as A012; one of its kind for the office and day.';
comment on column ticket.appointment_id is 'The appointment that brought the person.';
comment on column ticket.citizen_blind is 'Keyed hash of the ID number, where the card or an appointment told it.';
comment on column ticket.service_code is 'What for.';
comment on column ticket.class is 'none, elderly, pregnant, disabled or small_children, as the desk saw it or the age tells.';
comment on column ticket.arrived_at is 'When the person was at the door.';
comment on column ticket.waits_from is 'From when waiting is counted: the hour of an appointment that is kept, else the arrival.';
comment on column ticket.sort_at is 'waits_from less the bonus: earlier ones are called first.';
comment on column ticket.state is 'waiting, called, serving, parked; served, no_show, left.';
comment on column ticket.calls is 'Calls without an answer that count.';
comment on column ticket.called_at is 'The last call that counts.';
comment on column ticket.first_called_at is 'The first call: where waiting ended.';
comment on column ticket.desk_no is 'The desk that called last.';
comment on column ticket.for_desk is 'Only this desk calls.';
comment on column ticket.back_at is 'Not called before then: did not answer, or is away.';
comment on column ticket.parked_for is 'papers, photo, payment, system or other.';
comment on column ticket.serving_at is 'When the service began.';
comment on column ticket.ended_at is 'When it ended, however.';
comment on column ticket.result is 'dossier_collected, card_requested, refused or other.';
comment on column ticket.refused_for is 'papers_missing, data_differs, not_here, equipment or other.';
comment on column ticket.stage_op_id is 'The record of the stage that serving wrote.';
comment on column ticket.entered_later is 'Something of it was entered from a printed list, after power or network were away.';
comment on column ticket.changed_at is 'When it last changed.';

create table sheet_line (
  line_id uuid not null,
  office_id integer not null,
  ticket_id uuid,
  entered_at timestamptz not null default app_now(),
  constraint sheet_line_pkey primary key (line_id),
  constraint sheet_line_office_id_fkey foreign key (office_id) references office,
  constraint sheet_line_ticket_id_fkey foreign key (ticket_id) references ticket
);
comment on table sheet_line is 'Lines of printed lists that were entered: sent again, a line is entered once.';
comment on column sheet_line.line_id is 'Made by the sender, once.';
comment on column sheet_line.office_id is 'Whose list.';
comment on column sheet_line.ticket_id is 'The ticket that it made or ended. Null: nobody came.';
comment on column sheet_line.entered_at is 'When it was entered.';

create table ticket_person (
  ticket_id uuid not null,
  id_tail text not null,
  birth_year smallint not null,
  name bytea not null,
  village_id integer,
  outside_province boolean not null,
  consent text not null,
  constraint ticket_person_pkey primary key (ticket_id),
  constraint ticket_person_ticket_id_fkey foreign key (ticket_id) references ticket,
  constraint ticket_person_village_id_fkey foreign key (village_id) references unit (unit_id),
  constraint ticket_person_id_tail_form check (id_tail ~ '^[0-9]{4}$'),
  constraint ticket_person_consent_known check (consent in ('none', 'self', 'spoken', 'written')),
  constraint ticket_person_village_or_outside check (not (outside_province and village_id is not null))
);
comment on table ticket_person is 'Who a walk-in is, if the card was shown. Whoever has an appointment is described there.';
comment on column ticket_person.ticket_id is 'Whose ticket.';
comment on column ticket_person.id_tail is 'Last four digits of the ID number, which itself is stored nowhere.';
comment on column ticket_person.birth_year is 'Year of birth, from the ID number.';
comment on column ticket_person.name is 'The name, encrypted for this row.';
comment on column ticket_person.village_id is 'Where the person lives, as far as told.';
comment on column ticket_person.outside_province is 'Lives elsewhere.';
comment on column ticket_person.consent is 'How the person agreed that this visit counts for its village: none, self, spoken or written.';

create table ticket_estimate (
  ticket_id uuid not null,
  told_at timestamptz not null default app_now(),
  before smallint not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  miss_min smallint,
  constraint ticket_estimate_pkey primary key (ticket_id),
  constraint ticket_estimate_ticket_id_fkey foreign key (ticket_id) references ticket,
  constraint ticket_estimate_span check (from_at <= to_at)
);
comment on table ticket_estimate is 'The wait that was told at the door, and by how much it missed.';
comment on column ticket_estimate.ticket_id is 'Whose ticket.';
comment on column ticket_estimate.told_at is 'When it was told.';
comment on column ticket_estimate.before is 'How many were before.';
comment on column ticket_estimate.from_at is 'The call was to come from then on.';
comment on column ticket_estimate.to_at is 'And until then.';
comment on column ticket_estimate.miss_min is 'Minutes by which the first call came before (negative) or after the range; 0: within. Null: not called yet.';

create table display_event (
  epoch integer not null,
  xid bigint not null default pg_current_xact_id()::text::bigint,
  seq bigint generated always as identity,
  office_id integer not null,
  kind text not null,
  number text not null,
  desk_no smallint,
  at timestamptz not null default app_now(),
  constraint display_event_pkey primary key (epoch, xid, seq),
  constraint display_event_office_id_fkey foreign key (office_id) references office,
  constraint display_event_kind_known check (kind in ('call', 'serve', 'end')),
  constraint display_event_call_has_desk check (kind = 'end' or desk_no is not null)
);
create index display_event_at_idx on display_event (at);
comment on table display_event is 'What second screens show: numbers and desks, nobody''s name. Read by position, like the pull of phones; kept for two days.';
comment on column display_event.epoch is 'The life of the database in which it was written.';
comment on column display_event.xid is 'Its transaction: a reader who stays below every running one misses nothing.';
comment on column display_event.seq is 'Order within a transaction.';
comment on column display_event.office_id is 'Whose screen.';
comment on column display_event.kind is 'call, serve (it has begun), end (take it off the screen).';
comment on column display_event.number is 'Which ticket, as printed.';
comment on column display_event.desk_no is 'At which desk.';
comment on column display_event.at is 'When.';

create table place_freed (
  office_id integer not null,
  starts_at timestamptz not null,
  place_no smallint not null,
  rev bigint not null,
  freed_at timestamptz not null default app_now(),
  constraint place_freed_pkey primary key (office_id, starts_at, place_no, rev),
  constraint place_freed_place_fkey foreign key (office_id, starts_at, place_no) references place
);
comment on table place_freed is 'Each time that a place was given up by a cancellation or a move, so that an office sees how many of them were used again.';
comment on column place_freed.office_id is 'Which office.';
comment on column place_freed.starts_at is 'Which slot.';
comment on column place_freed.place_no is 'Which place.';
comment on column place_freed.rev is 'The place''s revision that freed it.';
comment on column place_freed.freed_at is 'When.';
