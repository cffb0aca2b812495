-- Whoever rode along keeps the appointment: the place stands beside the slot's own ones from now on.
alter table place drop column rides_on;
drop table service_duration;
