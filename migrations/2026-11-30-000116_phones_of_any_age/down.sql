alter table hint drop column stages;
drop table deprecated_call;
