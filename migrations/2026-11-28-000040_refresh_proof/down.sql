alter table session_family drop column device_key;
