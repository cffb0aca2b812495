drop table recount;
