-- What the program counts fills itself: its own figures are told from those that somebody typed, which it never
-- writes over. Outreach that volunteers recorded is counted too, as the unions' part of the whole province's.

alter table indicator_value add column fed boolean not null default false;
comment on column indicator_value.fed is 'Whether the program counted it; else somebody typed it, and the program leaves it to them.';
comment on column indicator_value.entered_by is 'Who entered it, pressed for the program to fill it, or opened the period that it filled by itself.';
update indicator_value set fed = true where source = 'Phần mềm Tổ 06';

comment on column indicator.fed_by is 'Which part of the program fills it: tracking. and the stage, booking.served, booking.same_day, outreach.leaflets, outreach.meetings, outreach.attended.';

-- Each stands right after the whole of which it is the unions' part.
update indicator set position = position + (select count(*) from indicator w where w.code in ('tuyen_truyen.to_roi', 'tuyen_truyen.long_ghep', 'tuyen_truyen.nguoi_du') and w.position < indicator.position);
insert into indicator (code, position, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, fed_by)
select new.code, whole.position + 1, new.name, whole.code, false, new.counted_in, whole.section, 'count', null, whole.code, false, null, new.fed_by
from (values
  ('tuyen_truyen.to_roi.doan_hoi', 'tuyen_truyen.to_roi', 'Tờ rơi do đoàn viên, hội viên ghi nhận đã phát', 'lượt', 'outreach.leaflets'),
  ('tuyen_truyen.long_ghep.doan_hoi', 'tuyen_truyen.long_ghep', 'Buổi họp, sinh hoạt thôn, khu phố do đoàn viên, hội viên ghi nhận', 'lượt', 'outreach.meetings'),
  ('tuyen_truyen.nguoi_du.doan_hoi', 'tuyen_truyen.nguoi_du', 'Lượt người dự các buổi do đoàn viên, hội viên ghi nhận', 'lượt', 'outreach.attended')
) as new (code, whole_code, name, counted_in, fed_by)
join indicator whole on whole.code = new.whole_code;
insert into indicator_owner (code, owner, valid_from, valid_to)
select code, 'Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh', date '2022-01-06', null from indicator where fed_by like 'outreach.%';
insert into indicator_change (code, revision, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, retired_on, reason, changed_by)
select code, revision, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, retired_on, 'Phần mềm tự đếm tuyên truyền', null
from indicator where fed_by like 'outreach.%';
