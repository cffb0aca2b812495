-- Whoever is erased may be named in the reason of a transfer and in what a register's entry was changed from: these words
-- alone may go, and only then.
grant update (reason) on transfer to to06_server;
grant update (note, body_before, subject_before) on register_change to to06_server;
