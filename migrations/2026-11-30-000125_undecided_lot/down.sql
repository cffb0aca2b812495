update draw set state = 'passed' where state = 'undecided';
alter table draw
  drop constraint draw_state_known,
  add constraint draw_state_known check (state in ('committed', 'drawn', 'passed', 'failed', 'released', 'empty'));
comment on column draw.state is 'committed, drawn, passed, failed, released (it failed, and somebody answers for it), empty.';
