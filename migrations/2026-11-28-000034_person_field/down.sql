comment on column person.name is 'The name, encrypted for this row.';
comment on column person.phone is 'The phone, encrypted for this row.';
comment on column person.birth_year is 'Year of birth.';
comment on column person.sex is 'male or female.';
drop table person_field;
