comment on column person.consent_method is 'How consent was given: signed, spoken, sms, by a guardian guardian_signed, guardian_spoken. list: not asked yet, the ground is a list''s source document.';
comment on column consent.method is 'How: signed, spoken, sms; guardian_signed, guardian_spoken: a parent or guardian agreed.';
