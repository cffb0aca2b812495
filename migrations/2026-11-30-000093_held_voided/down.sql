alter table operation drop column voided_by;
