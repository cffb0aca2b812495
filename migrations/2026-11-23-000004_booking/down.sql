alter table place drop constraint place_appointment_id_fkey;
alter table appointment drop constraint appointment_place_fkey;
drop table place;
drop table slot;
drop table appointment;
drop table office_hours;
drop table office_service;
drop table office;
drop table service;
