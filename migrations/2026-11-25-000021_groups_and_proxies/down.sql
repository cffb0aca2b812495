comment on column appointment.phone is 'The person''s or the helper''s phone, encrypted for this row.';
comment on column appointment.proxy_relation is 'Whose relation it is.';
alter table appointment drop column phone_is_proxys;
drop table group_person;
drop table group_booking;
alter table office drop column group_share;
