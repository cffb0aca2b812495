-- An office's day is read by the desk's list, the printed list and the figures.
create index appointment_day_idx on appointment (office_id, starts_at);
