drop table person_assignment;
drop table village_assignment;
drop table transfer;
