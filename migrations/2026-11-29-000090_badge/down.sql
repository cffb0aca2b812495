drop table badge;
