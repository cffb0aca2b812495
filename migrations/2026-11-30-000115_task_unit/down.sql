alter table register_entry drop column assigned_unit_id;
