update person set restricted_at = null where restricted_as_one;
alter table person drop column restricted_as_one;
