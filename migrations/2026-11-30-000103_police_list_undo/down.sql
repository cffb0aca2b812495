comment on column reconciliation_task.state is 'open, in_progress, explained, corrected; agrees: a later list did.';
update reconciliation_task set state = 'agrees' where state = 'withdrawn';
alter table reconciliation_task drop constraint reconciliation_task_state_known;
alter table reconciliation_task add constraint reconciliation_task_state_known
  check (state in ('open', 'in_progress', 'explained', 'corrected', 'agrees'));
drop table police_list;
