-- Every request asks whether its sign-in is one of a lost phone: of the few that are lost.
create index device_lost_family_id_idx on device (family_id) where lost_at is not null;
