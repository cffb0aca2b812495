revoke update (reason) on transfer from to06_server;
revoke update (note, body_before, subject_before) on register_change from to06_server;
