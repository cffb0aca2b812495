drop table register_change;
drop table register_entry;
