alter table visit drop column promised_on;
