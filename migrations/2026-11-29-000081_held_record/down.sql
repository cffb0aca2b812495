drop table held_record;
