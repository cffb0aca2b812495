drop table rollup_author_day;
alter table rollup_total drop column late;
alter table rollup_month drop column late;
alter table rollup_day drop column late;
