alter table void drop column said_at;
alter table operation drop column said_at;
