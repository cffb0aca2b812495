drop table waitlist_office;
drop table waitlist_entry;
