drop index person_merge_merged_id_idx;
drop index appointment_request_person_id_idx;
comment on column person.consent_at is 'When consent was given.';
comment on column person.consent_method is 'How consent was given: signed, spoken, sms.';
comment on column person.village_id is 'The village in which the person was first met.';
comment on table person is 'A citizen who agreed to be recorded. The ID number is never kept: its keyed hash joins the records of two phones. Locked by whoever decides about this person''s stages.';
drop table roster_entry, roster;
