-- A check falls due, goes to others when it does, and has an honest end when the citizen may not be asked any more.

alter table call_back add column passed_over uuid[] not null default '{}';
comment on column call_back.passed_over is 'Who had it, and did not tell in time: it goes to them again only if nobody else may check it.';
alter table call_back drop constraint call_back_result_known;
alter table call_back add constraint call_back_result_known
  check (result in ('confirmed', 'not_confirmed', 'not_reachable', 'never_met', 'not_to_be_asked'));
alter table call_back drop constraint call_back_told_by_somebody;
alter table call_back add constraint call_back_told_by_somebody
  check (result is null or verifier_id is not null or result = 'not_to_be_asked');
comment on column call_back.result is 'confirmed, not_confirmed, not_reachable, never_met or not_to_be_asked: they were erased, or their data is restricted.';
