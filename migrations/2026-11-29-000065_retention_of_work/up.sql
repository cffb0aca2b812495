-- Kept no longer than needed: lists of people, reports of wrong data, free words of activities, assignments that are
-- over. What is counted stays.

create index person_unmet_idx on person (created_at) where consent_method = 'list';
create index data_report_settled_words_idx on data_report (changed_at)
  where words is not null and state in ('corrected', 'refused');
create index activity_text_idx on activity (effective_at) where text is not null;
create index village_assignment_over_idx on village_assignment (least(until_at, ended_at));
create index person_assignment_over_idx on person_assignment (ended_at) where ended_at is not null;

-- For the purge only: what stands is never deleted.
grant delete on village_assignment, transfer to to06_server;
