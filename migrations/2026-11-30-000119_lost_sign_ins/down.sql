drop index device_lost_family_id_idx;
