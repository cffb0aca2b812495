-- What is known of a person is said by operations, field by field: the later act shows, and every other
-- stays readable.

create table person_field (
  op_id uuid not null,
  field text not null,
  person_id uuid not null,
  value bytea not null,
  effective_at timestamptz not null,
  voided_by uuid,
  constraint person_field_pkey primary key (op_id, field),
  constraint person_field_op_id_fkey foreign key (op_id) references operation,
  constraint person_field_person_id_fkey foreign key (person_id) references person,
  constraint person_field_field_known check (field in ('name', 'phone', 'birth_year', 'sex'))
);
create index person_field_person_id_idx on person_field (person_id, effective_at, op_id);
comment on table person_field is 'What operations said of a person. The latest that was not taken back is what the person shows; the others are the history. What an ID number says by itself is nobody''s word and not here.';
comment on column person_field.op_id is 'The operation that said it.';
comment on column person_field.field is 'name, phone, birth_year or sex.';
comment on column person_field.person_id is 'Of whom.';
comment on column person_field.value is 'What was said, encrypted for this row.';
comment on column person_field.effective_at is 'When it was said, by the corrected clock. The later wins, then the greater op_id.';
comment on column person_field.voided_by is 'The operation that took it back, together with all that the other one said.';
revoke update, delete on person_field from to06_server;
grant update (voided_by) on person_field to to06_server;

comment on column person.name is 'The name that was said last, encrypted for this row.';
comment on column person.phone is 'The phone that was said last, encrypted for this row.';
comment on column person.birth_year is 'Year of birth: of the ID number, or the one that was said last.';
comment on column person.sex is 'male or female: of the ID number, or what was said last.';
