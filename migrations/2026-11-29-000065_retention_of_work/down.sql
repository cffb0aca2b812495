revoke delete on village_assignment, transfer from to06_server;
drop index person_assignment_over_idx;
drop index village_assignment_over_idx;
drop index activity_text_idx;
drop index data_report_settled_words_idx;
drop index person_unmet_idx;
