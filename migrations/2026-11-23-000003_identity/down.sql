drop table one_time_code;
drop table known_device;
drop table sign_in_brake;
drop table session;
drop table session_family;
drop table account;
