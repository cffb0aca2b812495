-- What one confirmation asks of PostgreSQL, statement by statement, for pgbench: a key is claimed,
-- cycles of cancelling are looked for, a place is taken, the appointment, its audit row, its notice and its reminders are written, the answer
-- is saved.
\set shift random(0, :slots - 1)
begin;
select gen_random_uuid() as key, gen_random_uuid() as appointment, gen_random_uuid() as notice,
       upper(substr(md5(random()::text), 1, 8)) as code \gset
insert into idempotency (actor, key, request_hash) values ('pgbench', :key::uuid, '\x00') on conflict do nothing;
select exists (
  select 1 from unnest(array[decode(md5(:key::text), 'hex')]) as asked (blind)
  where (select count(*) from (
      select 1 from appointment a
      where a.citizen_blind = asked.blind and a.cancelled_by = 'owner'
        and a.changed_at > app_now() - interval '7 days' limit 2) c) >= 2
    and not exists (
      select 1 from limit_lift l where l.citizen_blind = asked.blind and l.until > app_now())) as cycling \gset
update place set appointment_id = :appointment::uuid, hold_id = null, hold_until = null,
  hold_party = null, hold_person = null, hold_device = null, rev = rev + 1
where (office_id, starts_at, place_no) = (
  select office_id, starts_at, place_no from place
  where office_id = :office::int
    and starts_at = to_timestamp(:first_s::bigint + :shift::bigint * :slot_s::bigint)
    and appointment_id is null and (hold_until is null or hold_until <= app_now()) and opens_at <= app_now()
  order by place_no desc limit 1 for update skip locked)
returning starts_at, place_no \gset
insert into appointment (appointment_id, party_id, office_id, starts_at, place_no, service_code, status,
  citizen_blind, id_tail, birth_year, name, phone, consent, verified, code)
values (:appointment::uuid, :notice::uuid, :office::int, :starts_at::timestamptz, :place_no::smallint, 'cccd_new', 'booked',
  decode(md5(:key::text), 'hex'), '0000', 1990, '\x00', '\x00', 'none', false, :code::text);
insert into audit_event (action, object, detail) values ('booking.confirm', 'appointment:' || :appointment::text, '{"verified": false}');
insert into notice (notice_id, dedupe_key, kind, subject_id, office_id, recipient, params, not_before, try_at, not_after)
select gen_random_uuid(), kind || :key::text, kind, :appointment::uuid, :office::int, '\x00',
  '{"starts_at": "2026-11-25T00:30:00Z"}', app_now(), app_now(), app_now() + interval '1 day'
from unnest(array['booking.confirmed', 'booking.reminder_day', 'booking.reminder_hours']) kind
on conflict (dedupe_key) do nothing;
update idempotency set status = 201, body = '{"party_id": "0", "appointments": []}' where actor = 'pgbench' and key = :key::uuid;
commit;
