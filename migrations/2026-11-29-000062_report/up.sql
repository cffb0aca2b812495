-- The report itself: what its checker was overruled in, its free texts, and what was issued.

create table finding_ruling (
  period_id uuid not null,
  fingerprint text not null,
  rule text not null,
  reason text not null,
  ruled_by uuid not null,
  ruled_at timestamptz not null default app_now(),
  constraint finding_ruling_pkey primary key (period_id, fingerprint),
  constraint finding_ruling_period_id_fkey foreign key (period_id) references reporting_period,
  constraint finding_ruling_ruled_by_fkey foreign key (ruled_by) references account (account_id),
  constraint finding_ruling_fingerprint_form check (fingerprint ~ '^[0-9a-f]{32}$'),
  constraint finding_ruling_reason_length check (char_length(reason) between 5 and 300)
);
comment on table finding_ruling is 'A finding of the checker that somebody took upon themselves. With other figures it is another finding.';
comment on column finding_ruling.period_id is 'In which period.';
comment on column finding_ruling.fingerprint is 'Hash of the rule, the place and the figures.';
comment on column finding_ruling.rule is 'By which rule.';
comment on column finding_ruling.reason is 'Why it is right nevertheless.';
comment on column finding_ruling.ruled_by is 'Who said so.';
comment on column finding_ruling.ruled_at is 'When.';
revoke update, delete on finding_ruling from to06_server;

create table report_text (
  period_id uuid not null,
  section text not null,
  revision integer not null,
  text text not null,
  written_by uuid not null,
  written_at timestamptz not null default app_now(),
  constraint report_text_pkey primary key (period_id, section, revision),
  constraint report_text_period_id_fkey foreign key (period_id) references reporting_period,
  constraint report_text_written_by_fkey foreign key (written_by) references account (account_id),
  constraint report_text_length check (char_length(text) <= 20000)
);
comment on table report_text is 'What people write in the report, section by section, every revision of it; the last one stands.';
comment on column report_text.period_id is 'In which period.';
comment on column report_text.section is 'Which section.';
comment on column report_text.revision is '1 for the first, then 2 and so on.';
comment on column report_text.text is 'Paragraphs divided by line feeds. No names of citizens.';
comment on column report_text.written_by is 'Who wrote it.';
comment on column report_text.written_at is 'When.';
revoke update, delete on report_text from to06_server;

create table report_issue (
  period_id uuid not null,
  correction integer not null,
  snapshot jsonb not null,
  hash bytea not null,
  reason text,
  issued_by uuid not null,
  issued_at timestamptz not null default app_now(),
  constraint report_issue_pkey primary key (period_id, correction),
  constraint report_issue_period_id_fkey foreign key (period_id) references reporting_period,
  constraint report_issue_issued_by_fkey foreign key (issued_by) references account (account_id),
  constraint report_issue_hash_length check (octet_length(hash) = 32),
  constraint report_issue_correction_reasoned check ((correction = 0) = (reason is null)),
  constraint report_issue_reason_length check (char_length(reason) between 5 and 300)
);
comment on table report_issue is 'A report as it was issued: what was printed then is printed the same for ever.';
comment on column report_issue.period_id is 'Of which period.';
comment on column report_issue.correction is '0: the report; then the number of the correction.';
comment on column report_issue.snapshot is 'Everything that it tells.';
comment on column report_issue.hash is 'SHA-256 of the snapshot as text.';
comment on column report_issue.reason is 'Why it was issued again.';
comment on column report_issue.issued_by is 'Who issued it.';
comment on column report_issue.issued_at is 'When.';
revoke update, delete on report_issue from to06_server;
