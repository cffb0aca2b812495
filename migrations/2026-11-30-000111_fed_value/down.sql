delete from indicator_value where code in (select code from indicator where fed_by like 'outreach.%');
delete from indicator_change where code in (select code from indicator where fed_by like 'outreach.%');
delete from indicator_owner where code in (select code from indicator where fed_by like 'outreach.%');
-- Those that go give their places to those that come after them.
update indicator set position = case
  when fed_by like 'outreach.%' then -position
  else position - (select count(*) from indicator w where w.fed_by like 'outreach.%' and w.position < indicator.position)
end;
delete from indicator where fed_by like 'outreach.%';
comment on column indicator.fed_by is 'Which part of the program fills it: tracking. and the stage, booking.served, booking.same_day.';
comment on column indicator_value.entered_by is 'Who entered it, or pressed for the program to fill it.';
alter table indicator_value drop column fed;
