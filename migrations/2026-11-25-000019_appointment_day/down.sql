drop index appointment_day_idx;
