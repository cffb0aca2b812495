drop table place_freed;
drop table display_event;
drop table ticket_estimate;
drop table ticket_person;
drop table sheet_line;
drop table ticket;
drop table ticket_count;
drop table queue_rule;
