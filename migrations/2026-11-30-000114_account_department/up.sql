-- Whose figures somebody enters: those of the departments that an administrator names. Without any, all, as before.

create table account_department (
  account_id uuid not null,
  department text not null,
  set_by uuid not null,
  set_at timestamptz not null default app_now(),
  constraint account_department_pkey primary key (account_id, department),
  constraint account_department_account_id_fkey foreign key (account_id) references account,
  constraint account_department_set_by_fkey foreign key (set_by) references account (account_id),
  constraint account_department_length check (char_length(department) between 1 and 200)
);
comment on table account_department is 'For which departments somebody enters figures. Whoever has none enters those of all.';
comment on column account_department.account_id is 'Who enters.';
comment on column account_department.department is 'For whom, as indicator_owner.owner names them.';
comment on column account_department.set_by is 'Which administrator said so.';
comment on column account_department.set_at is 'When.';
revoke update on account_department from to06_server;
