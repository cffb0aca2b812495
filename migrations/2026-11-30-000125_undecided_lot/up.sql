-- A lot of which too few could be reached says nothing, and does not pass.
alter table draw
  drop constraint draw_state_known,
  add constraint draw_state_known check (state in ('committed', 'drawn', 'passed', 'failed', 'released', 'undecided', 'empty'));
comment on column draw.state is 'committed, drawn, passed, failed, released (it failed, and somebody answers for it), undecided (too few could be reached), empty.';
