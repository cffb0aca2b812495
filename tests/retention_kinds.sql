-- A row of every kind that is purged and that nobody makes by pressing a button here, as old as now.
-- Words that are encrypted elsewhere are never read here before they go.

create temp table world as
select lead.account_id as lead, lead.unit_id as commune, volunteer.account_id as volunteer, person.person_id as person,
    person.village_id as village, void.op_id as void, void.target_op_id as target
from account lead, account volunteer, person, void
where lead.role = 'lead' and volunteer.role = 'volunteer' and volunteer.disabled_at is null and person.name is not null;

-- Booking.
update notice set state = 'sent', settled_at = app_now(), recipient = null, lease_id = null
where settled_at is null;
insert into waitlist_entry (entry_id, code, service_code, citizen_blind, hold_person, phone, class, from_on, to_on,
    from_min, to_min, vouched, state)
values (gen_random_uuid(), 'KINDS001', 'cccd_new', 'x', 'x', 'x', 'none', app_now()::date, app_now()::date, 0, 60, false,
    'ended');
update place set hold_id = gen_random_uuid(), hold_until = app_now(), hold_party = 'x', hold_person = 'x'
where (office_id, starts_at, place_no) in (
    select office_id, starts_at, place_no from place
    where appointment_id is null and rides_on is null and not withdrawn limit 1);
insert into limit_lift (lift_id, citizen_blind, reason, lifted_by, lifted_at, until)
select gen_random_uuid(), 'x', 'hỏi lại', lead, app_now() - interval '1 hour', app_now() from world;

-- Signing in.
update session_family set ended_at = app_now(), end_reason = 'signed_out' where ended_at is null;
insert into sign_in_brake (phone_blind, device, failures, last_failure_at, next_try_at)
values ('x', 'x', 1, app_now(), app_now());
insert into known_device (device_hash, account_id) select 'x', volunteer from world;
insert into one_time_code (account_id, code_hash, purpose, expires_at)
select volunteer, 'x', 'invitation', app_now() from world on conflict do nothing;
update one_time_code set expires_at = app_now();

-- Phones.
insert into device (device_id, account_id, family_id, public_key, app, version)
select gen_random_uuid(), volunteer, gen_random_uuid(), decode(repeat('04', 65), 'hex'), 'app', '1.0' from world;
insert into pull_position (collection, row_key, unit_id, gone_at, epoch)
select 'target', 'kinds', commune, app_now(), epoch from world, sync_epoch;
insert into operation (op_id, author_id, kind, payload_hash, result, village_id, received_at, raw, epoch)
select '00000000-0000-7000-8000-000000000001', volunteer, 'record', 'x', 'held', village, app_now(), 'x', epoch
from world, sync_epoch;

-- Lists, and whom only a list named.
insert into roster (roster_id, unit_id, name, source, made_on, file_hash, entries, imported_by)
select '00000000-0000-7000-8000-000000000002', village, 'kinds', 'kinds', app_now()::date, 'x', 2, lead from world;
insert into roster_entry (roster_id, person_id, line, village_id, name, birth_year, groups, made_person)
select '00000000-0000-7000-8000-000000000002', person, 1, village, 'x', 1990, '{}', false from world;
insert into person (person_id, village_id, consent_method, consent_at)
select '00000000-0000-7000-8000-000000000003', village, 'list', app_now() from world;

-- Words and reasons of the work.
insert into appointment_request (op_id, person_id, village_id, author_id, service_code, consent, name, effective_at, state,
    answered_at)
select target, person, village, volunteer, 'cccd_new', 'spoken', 'x', app_now(), 'lapsed', app_now() from world;
insert into activity (op_id, village_id, mass_union, author_id, what, attended, text, effective_at, on_day)
select '00000000-0000-7000-8000-000000000001', village, 'youth', volunteer, 'meeting', 40, 'x', app_now(), app_now()::date
from world;
insert into void_undo (void_op_id, reason, undone_by, undone_at) select void, 'đúng rồi', lead, app_now() from world;
insert into review (op_id, decision, reason, decided_by)
select '00000000-0000-7000-8000-000000000001', 'refuse', 'không rõ', lead from world;
insert into record_correction (op_id, target_op_id, reason, corrected_by, corrected_at)
select void, target, 'sai thôn', lead, app_now() from world;
insert into activity_correction (correction_id, op_id, voids, reason, corrected_by)
select gen_random_uuid(), '00000000-0000-7000-8000-000000000001', true, 'ghi hai lần', lead from world;
insert into data_report (report_id, person_id, village_id, what, words, reported_by, state)
select '00000000-0000-7000-8000-000000000004', person, village, 'wrong_phone', 'x', volunteer, 'refused' from world;
insert into data_report_step (step_id, report_id, state, reason, taken_by)
select gen_random_uuid(), '00000000-0000-7000-8000-000000000004', 'refused', 'số vẫn đúng', lead from world;
insert into export_reason (export_id, reason) values (gen_random_uuid(), 'đi thăm');

-- Members and assignments.
insert into membership (unit_id, mass_union, counted_on, members, source, set_by)
select commune, 'youth', date '2026-01-05' + n * 30, 100, 'BC', lead from world, generate_series(1, 2) n;
insert into transfer (transfer_id, from_account_id, to_account_id, reason, made_by, made_at)
select gen_random_uuid(), volunteer, lead, 'nghỉ', lead, app_now() from world;
insert into village_assignment (assignment_id, account_id, village_id, place_no, begun_at, begun_by, ended_at, ended_by)
select gen_random_uuid(), volunteer, village, 1, app_now() - interval '1 day', lead, app_now(), lead from world;
insert into person_assignment (assignment_id, person_id, account_id, begun_at, begun_by, ended_at, ended_by)
select gen_random_uuid(), person, volunteer, app_now() - interval '1 day', lead, app_now(), lead from world;

-- Trust.
insert into draw (draw_id, mass_union, commune_id, week_on, commitment, committed_at, seed, drawn_at, plan, state)
select '00000000-0000-7000-8000-000000000005', 'youth', commune, date_trunc('week', app_now())::date - 14, sha256('x'),
    app_now() - interval '30 days', 'x', app_now(), 'light', 'failed' from world;
insert into lot_action (action_id, draw_id, action, reason, taken_by)
select gen_random_uuid(), '00000000-0000-7000-8000-000000000005', 'retrain', 'tập huấn lại', lead from world;
insert into police_report (commune_id, month, stage, theirs, ours, matched, elsewhere, only_theirs, only_ours,
    without_number, imported_by)
select commune, '2026-11-01', 'level2_activated', 1, 1, 1, 0, 0, 0, 0, lead from world;
insert into police_list (police_list_id, commune_id, month, stage, theirs, ours, elsewhere, only_theirs, only_ours,
    without_number, matched, imported_by, ended, ended_at, ended_by, reason)
select gen_random_uuid(), commune, '2026-11-01', 'level2_activated', 1, 1, 0, 0, 0, 0, '{}', lead, 'undone', app_now(), lead,
    'nhầm tệp' from world;
insert into reconciliation_task (task_id, commune_id, month, stage, due_on)
select '00000000-0000-7000-8000-000000000006', commune, '2026-11-01', 'level2_activated', app_now()::date from world;
insert into reconciliation_step (step_id, task_id, state, due_on, note, taken_by)
select gen_random_uuid(), '00000000-0000-7000-8000-000000000006', 'explained', app_now()::date, 'đã hỏi', lead from world;
insert into signal (signal_id, fingerprint, rule, severity, author_id, commune_id, on_day, evidence, op_ids, acts)
select '00000000-0000-7000-8000-000000000007', sha256('y'), 'shared_phone', 'flag', volunteer, commune, app_now()::date,
    '{}', '{}', 1 from world;
insert into signal_answer (answer_id, signal_id, answer, note, answered_by, by_author, acts)
select gen_random_uuid(), '00000000-0000-7000-8000-000000000007', 'explained', 'x', volunteer, true, 1 from world;

-- The program's own.
insert into rights_request (rights_request_id, kind, unit_id, shown_by, received_by, acknowledge_by, due_on, state,
    settled_at, settled_by)
select gen_random_uuid(), 'access', commune, 'card', lead, app_now()::date, app_now()::date, 'done', app_now(), lead
from world;
insert into recount (night, began_at) values (app_now()::date, app_now());
insert into deprecated_call (operation_id, client, called_on, calls)
values ('show_board', 'kinds', (app_now() at time zone 'Asia/Ho_Chi_Minh')::date, 1);
drop table world;
