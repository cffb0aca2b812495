drop table indicator_change;
revoke update (position, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, revision, retired_on) on indicator from to06_server;
grant delete, update on indicator to to06_server;
alter table indicator
  drop constraint indicator_position_key,
  add constraint indicator_position_key unique (position),
  drop column revision,
  drop column retired_on;
