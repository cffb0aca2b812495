comment on column call_back.result is 'confirmed, not_confirmed, not_reachable or never_met.';
update call_back set result = null, told_at = null where result = 'not_to_be_asked';
alter table call_back drop constraint call_back_told_by_somebody;
alter table call_back add constraint call_back_told_by_somebody check (result is null or verifier_id is not null);
alter table call_back drop constraint call_back_result_known;
alter table call_back add constraint call_back_result_known
  check (result in ('confirmed', 'not_confirmed', 'not_reachable', 'never_met'));
alter table call_back drop column passed_over;
