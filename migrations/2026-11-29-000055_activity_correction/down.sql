drop view activity_now;
drop table activity_correction;
