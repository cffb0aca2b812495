drop index activity_author_id_idx;
drop index visit_author_id_idx;
drop table membership;
