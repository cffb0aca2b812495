drop table target;
