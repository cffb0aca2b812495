alter table person drop column restricted_at;
