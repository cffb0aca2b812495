-- A visit may end with a promise to come again.

alter table visit add column promised_on date;
comment on column visit.promised_on is 'The day on which the visitor promised to come again. Kept until the next visit.';
