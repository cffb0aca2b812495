comment on column signal_answer.note is 'The words, encrypted for this row: people write names.';
revoke update (note) on reconciliation_step, signal_answer from to06_server;
revoke update (reason) on data_report_step, activity_correction, lot_action from to06_server;
