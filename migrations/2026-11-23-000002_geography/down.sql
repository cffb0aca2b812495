drop table unit_revision;
drop table unit_successor;
drop table unit_parent;
drop table unit;
