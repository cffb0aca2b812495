drop table limit_lift;
drop index appointment_own_cancel_idx;
drop index appointment_keep_by_idx;
alter table appointment drop column cancelled_by;
alter table appointment drop column keep_by;
