-- Whoever has themselves erased is named nowhere any more: not where leads and verifiers wrote freely, either.

grant update (reason) on data_report_step, activity_correction, lot_action to to06_server;
grant update (note) on reconciliation_step, signal_answer to to06_server;
comment on column signal_answer.note is 'The words, encrypted for this row: people write names. Empty: they named somebody who had themselves erased.';
