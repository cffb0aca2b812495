-- What a province counts for its monthly report: the catalogue, the periods, the values and their history.

create table indicator (
  code text not null,
  position integer not null,
  name text not null,
  parent_code text,
  is_part boolean not null,
  counted_in text not null,
  section text not null,
  measure text not null,
  role text,
  denominator_code text,
  needs_denominator boolean not null,
  same_as_code text,
  fed_by text,
  constraint indicator_pkey primary key (code),
  constraint indicator_position_key unique (position),
  constraint indicator_parent_code_fkey foreign key (parent_code) references indicator,
  constraint indicator_denominator_code_fkey foreign key (denominator_code) references indicator,
  constraint indicator_same_as_code_fkey foreign key (same_as_code) references indicator,
  constraint indicator_code_form check (code ~ '^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$' and char_length(code) <= 60),
  -- In a workbook LibreOffice reads _xa_ as a character that was escaped, and no import finds its code again.
  constraint indicator_code_in_workbooks check (code !~ '_x[0-9a-f]{1,4}_'),
  constraint indicator_name_length check (char_length(name) between 1 and 200),
  constraint indicator_measure_known check (measure in ('heading', 'count', 'rate', 'target')),
  constraint indicator_role_known check (role in ('received', 'eligible', 'resolved', 'pending')),
  constraint indicator_part_of_something check (not is_part or parent_code is not null)
);
comment on table indicator is 'What is counted for the monthly report, in the order of the report.';
comment on column indicator.code is 'Its name in files and addresses: lower case, parts divided by dots.';
comment on column indicator.position is 'Where it stands in tables.';
comment on column indicator.name is 'As the report prints it, in Vietnamese.';
comment on column indicator.parent_code is 'Under which indicator it stands.';
comment on column indicator.is_part is 'Whether it is added up in its parent: parts and total must agree.';
comment on column indicator.counted_in is 'What is counted: dossiers, cases, people.';
comment on column indicator.section is 'The section of the report in which it is told.';
comment on column indicator.measure is 'heading (has no value), count, rate (a percentage that somebody states), target (a percentage that is aimed at).';
comment on column indicator.role is 'Among dossiers: received, eligible, resolved or pending.';
comment on column indicator.denominator_code is 'The indicator whose value must be its denominator.';
comment on column indicator.needs_denominator is 'Whether the report tells a percentage of it.';
comment on column indicator.same_as_code is 'The indicator that counts the same thing in another section.';
comment on column indicator.fed_by is 'Which part of the program fills it: tracking. and the stage, booking.served, booking.same_day.';

create table indicator_owner (
  code text not null,
  valid_from date not null,
  valid_to date,
  owner text not null,
  constraint indicator_owner_pkey primary key (code, valid_from),
  constraint indicator_owner_code_fkey foreign key (code) references indicator,
  constraint indicator_owner_span check (valid_to > valid_from),
  constraint indicator_owner_one_at_a_time exclude using gist (code with =, daterange(valid_from, valid_to, '[)') with &&)
);
comment on table indicator_owner is 'Who answers for an indicator, through time: services moved between departments.';
comment on column indicator_owner.code is 'Which indicator.';
comment on column indicator_owner.valid_from is 'First day.';
comment on column indicator_owner.valid_to is 'The day after the last; null: still.';
comment on column indicator_owner.owner is 'The department, as the report names it.';

create table reporting_period (
  period_id uuid not null,
  unit_id integer not null,
  month date not null,
  starts_on date not null,
  ends_on date not null,
  cumulative_from date not null,
  corrections integer not null default 0,
  opened_by uuid not null,
  opened_at timestamptz not null default app_now(),
  closed_by uuid,
  closed_at timestamptz,
  constraint reporting_period_pkey primary key (period_id),
  constraint reporting_period_month_key unique (unit_id, month),
  constraint reporting_period_unit_id_fkey foreign key (unit_id) references unit,
  constraint reporting_period_opened_by_fkey foreign key (opened_by) references account (account_id),
  constraint reporting_period_closed_by_fkey foreign key (closed_by) references account (account_id),
  constraint reporting_period_month_first_day check (extract(day from month) = 1),
  constraint reporting_period_span check (starts_on <= ends_on and cumulative_from <= ends_on),
  constraint reporting_period_closed_whole check ((closed_by is null) = (closed_at is null)),
  constraint reporting_period_corrections check (corrections >= 0),
  constraint reporting_period_one_at_a_time exclude using gist (unit_id with =, daterange(starts_on, ends_on, '[]') with &&)
);
comment on table reporting_period is 'The days of which a unit reports. They are chosen freely: a month of reporting is no month of the calendar.';
comment on column reporting_period.period_id is 'Made by the program (UUIDv7).';
comment on column reporting_period.unit_id is 'Whose report, as the unit was in the period.';
comment on column reporting_period.month is 'First day of the month that the report is named after.';
comment on column reporting_period.starts_on is 'First local day.';
comment on column reporting_period.ends_on is 'Last local day.';
comment on column reporting_period.cumulative_from is 'First local day of cumulative figures.';
comment on column reporting_period.corrections is 'How many numbered corrections came after closing.';
comment on column reporting_period.opened_by is 'Who opened it.';
comment on column reporting_period.opened_at is 'When.';
comment on column reporting_period.closed_by is 'Who closed it; from then on a change is a numbered correction.';
comment on column reporting_period.closed_at is 'When.';
revoke update, delete on reporting_period from to06_server;
grant update (corrections, closed_by, closed_at) on reporting_period to to06_server;

create table indicator_value (
  period_id uuid not null,
  code text not null,
  span text not null,
  revision integer not null,
  value bigint,
  at_least boolean not null,
  denominator bigint,
  stated_percent text,
  stated_change text,
  change_in text,
  compared_with date,
  source text not null,
  correction integer,
  reason text,
  entered_by uuid not null,
  entered_at timestamptz not null default app_now(),
  constraint indicator_value_pkey primary key (period_id, code, span, revision),
  constraint indicator_value_period_id_fkey foreign key (period_id) references reporting_period,
  constraint indicator_value_code_fkey foreign key (code) references indicator,
  constraint indicator_value_entered_by_fkey foreign key (entered_by) references account (account_id),
  constraint indicator_value_span_known check (span in ('cumulative', 'in_period')),
  constraint indicator_value_counts check (value between 0 and 1000000000000 and denominator between 0 and 1000000000000),
  constraint indicator_value_change_in_known check (change_in in ('percent', 'points')),
  constraint indicator_value_change_whole check ((stated_change is null) = (change_in is null)),
  constraint indicator_value_source_length check (char_length(source) between 1 and 200),
  constraint indicator_value_reason_length check (char_length(reason) between 5 and 300),
  constraint indicator_value_correction_reasoned check ((correction is null) = (reason is null))
);
comment on table indicator_value is 'What was entered for an indicator, every revision of it; the last one stands.';
comment on column indicator_value.period_id is 'In which period.';
comment on column indicator_value.code is 'Which indicator.';
comment on column indicator_value.span is 'cumulative or in_period.';
comment on column indicator_value.revision is '1 for the first, then 2 and so on.';
comment on column indicator_value.value is 'The figure; null: it was taken back.';
comment on column indicator_value.at_least is 'The source says "more than".';
comment on column indicator_value.denominator is 'Of how many.';
comment on column indicator_value.stated_percent is 'The percentage as the source states it, kept beside the computed one.';
comment on column indicator_value.stated_change is 'By how much it grew, as the source states it.';
comment on column indicator_value.change_in is 'percent or points, as the source states it.';
comment on column indicator_value.compared_with is 'First day of the month with which the source compares.';
comment on column indicator_value.source is 'The document or system that it comes from.';
comment on column indicator_value.correction is 'The number of the correction, after the period was closed.';
comment on column indicator_value.reason is 'Why it was corrected.';
comment on column indicator_value.entered_by is 'Who entered it, or pressed for the program to fill it.';
comment on column indicator_value.entered_at is 'When.';
revoke update, delete on indicator_value from to06_server;

insert into indicator (code, position, name, parent_code, is_part, counted_in, section, measure, role, denominator_code, needs_denominator, same_as_code, fed_by) values
  ('dvc25', 1, 'Hồ sơ 25 dịch vụ công thiết yếu đã tiếp nhận và giải quyết', null, false, 'hồ sơ', 'II.1', 'count', null, null, true, null, null),
  ('dvc25.xac_nhan_cmnd', 2, 'Xác nhận số Chứng minh nhân dân khi đã được cấp thẻ CCCD', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.cap_lai_doi_cccd', 3, 'Cấp lại, đổi thẻ CCCD', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.dang_ky_xe', 4, 'Đăng ký, cấp biển số mô tô, xe gắn máy', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.phat_nguoi', 5, 'Thu tiền nộp phạt xử lý vi phạm hành chính trong lĩnh vực giao thông đường bộ qua thiết bị ghi hình (phạt nguội)', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.ho_chieu', 6, 'Cấp, cấp lại, sửa đổi, bổ sung hộ chiếu phổ thông', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.cu_tru', 7, 'Quản lý cư trú tiếp nhận trên Cổng dịch vụ công', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.thuong_tru', 8, 'Đăng ký thường trú', 'dvc25.cu_tru', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.tam_tru', 9, 'Đăng ký tạm trú', 'dvc25.cu_tru', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.tam_vang', 10, 'Khai báo tạm vắng', 'dvc25.cu_tru', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.luu_tru', 11, 'Thông báo lưu trú', 'dvc25.cu_tru', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.con_dau_moi', 12, 'Làm con dấu mới và cấp Giấy chứng nhận đã đăng ký mẫu dấu', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.con_dau_thu_nho', 13, 'Làm con dấu thu nhỏ, dấu nổi, dấu xi và cấp Giấy chứng nhận đã đăng ký mẫu con dấu', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.khai_sinh', 14, 'Đăng ký khai sinh', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.khai_tu', 15, 'Đăng ký khai tử', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.ket_hon', 16, 'Đăng ký kết hôn', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.ly_lich_tu_phap', 17, 'Cấp phiếu lý lịch tư pháp', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.lien_thong_khai_sinh', 18, 'Liên thông đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ dưới 6 tuổi', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.lien_thong_khai_tu', 19, 'Liên thông đăng ký khai tử, xóa đăng ký thường trú, trợ cấp mai táng phí', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.thi_thpt', 20, 'Đăng ký trực tuyến dự thi tốt nghiệp THPT quốc gia và xét tuyển đại học, cao đẳng', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.tro_cap_that_nghiep', 21, 'Giải quyết hưởng trợ cấp thất nghiệp', 'dvc25', true, 'trường hợp', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.bhyt_ho_gia_dinh', 22, 'Tích hợp tính giảm trừ mức đóng trong gia hạn thẻ bảo hiểm y tế theo hộ gia đình', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.cap_dien_moi', 23, 'Cấp điện mới từ lưới điện hạ áp 220/380V', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.doi_chu_the_dien', 24, 'Thay đổi chủ thể hợp đồng mua bán điện', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.bien_dong_dat', 25, 'Đăng ký biến động về quyền sử dụng đất do thay đổi thông tin về người được cấp Giấy chứng nhận', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.dang_ky_thue', 26, 'Đăng ký thuế lần đầu, đăng ký thay đổi thông tin đăng ký thuế đối với hộ gia đình, cá nhân', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('dvc25.gplx', 27, 'Cấp đổi, cấp lại giấy phép lái xe', 'dvc25', true, 'hồ sơ', 'II.1', 'count', null, null, false, null, null),
  ('cccd', 28, 'Thu nhận hồ sơ và cấp thẻ CCCD', null, false, 'trường hợp', 'II.2', 'count', null, null, false, null, null),
  ('eid2', 29, 'Thu nhận hồ sơ định danh điện tử mức độ 2', null, false, 'tài khoản', 'II.2', 'count', null, null, false, null, null),
  ('vneid.installed', 30, 'Cài đặt VNeID do tình nguyện viên ghi nhận', null, false, 'người', 'II.2', 'count', null, null, false, null, 'tracking.installed'),
  ('vneid.level1_activated', 31, 'Kích hoạt mức 1 do tình nguyện viên ghi nhận', null, false, 'người', 'II.2', 'count', null, null, false, null, 'tracking.level1_activated'),
  ('vneid.level2_collected', 32, 'Thu nhận hồ sơ mức 2 do tình nguyện viên và bàn tiếp nhận ghi nhận', null, false, 'người', 'II.2', 'count', null, null, false, null, 'tracking.level2_collected'),
  ('vneid.level2_approved', 33, 'Hồ sơ mức 2 được phê duyệt', null, false, 'người', 'II.2', 'count', null, null, false, null, 'tracking.level2_approved'),
  ('vneid.level2_activated', 34, 'Kích hoạt mức 2 do tình nguyện viên ghi nhận', null, false, 'người', 'II.2', 'count', null, null, false, null, 'tracking.level2_activated'),
  ('hen.phuc_vu', 35, 'Công dân có hẹn đã được phục vụ tại điểm tiếp nhận', null, false, 'lượt', 'II.2', 'count', null, null, false, null, 'booking.served'),
  ('hen.trong_ngay', 36, 'Công dân đặt hẹn và được phục vụ ngay trong ngày', 'hen.phuc_vu', false, 'lượt', 'II.2', 'count', null, 'hen.phuc_vu', false, null, 'booking.same_day'),
  ('csdldc.tra_cuu', 37, 'Lượt khai thác thông tin công dân trên Cơ sở dữ liệu quốc gia về dân cư', null, false, 'lượt', 'II.3', 'count', null, null, false, null, null),
  ('cccd_bhyt.co_so', 38, 'Cơ sở y tế khám chữa bệnh bằng thẻ CCCD gắn chíp', null, false, 'cơ sở', 'II.3', 'count', null, null, true, null, null),
  ('cccd_bhyt.su_dung', 39, 'Trường hợp sử dụng thẻ CCCD gắn chíp khám chữa bệnh BHYT', null, false, 'trường hợp', 'II.3', 'count', null, null, false, null, null),
  ('cccd_bhyt.tra_cuu', 40, 'Tra cứu thành công thẻ CCCD gắn chíp khám chữa bệnh BHYT', 'cccd_bhyt.su_dung', false, 'trường hợp', 'II.3', 'count', null, 'cccd_bhyt.su_dung', true, null, null),
  ('gksk_lai_xe', 41, 'Giấy khám sức khỏe lái xe đã được liên thông dữ liệu', null, false, 'hồ sơ', 'II.3', 'count', null, null, false, null, null),
  ('cu_tru.thuong_tru', 42, 'Đăng ký thường trú', null, false, 'hồ sơ', 'II.4', 'heading', null, null, false, null, null),
  ('cu_tru.thuong_tru.tiep_nhan', 43, 'Đăng ký thường trú: đã tiếp nhận', 'cu_tru.thuong_tru', false, 'hồ sơ', 'II.4', 'count', 'received', null, false, 'dvc25.thuong_tru', null),
  ('cu_tru.thuong_tru.du_dieu_kien', 44, 'Đăng ký thường trú: đủ điều kiện', 'cu_tru.thuong_tru', false, 'hồ sơ', 'II.4', 'count', 'eligible', 'cu_tru.thuong_tru.tiep_nhan', false, null, null),
  ('cu_tru.thuong_tru.da_giai_quyet', 45, 'Đăng ký thường trú: đã giải quyết và trả kết quả', 'cu_tru.thuong_tru', false, 'hồ sơ', 'II.4', 'count', 'resolved', 'cu_tru.thuong_tru.du_dieu_kien', true, null, null),
  ('cu_tru.thuong_tru.dang_giai_quyet', 46, 'Đăng ký thường trú: đang giải quyết', 'cu_tru.thuong_tru', false, 'hồ sơ', 'II.4', 'count', 'pending', 'cu_tru.thuong_tru.du_dieu_kien', false, null, null),
  ('cu_tru.tam_tru', 47, 'Đăng ký tạm trú', null, false, 'hồ sơ', 'II.4', 'heading', null, null, false, null, null),
  ('cu_tru.tam_tru.tiep_nhan', 48, 'Đăng ký tạm trú: đã tiếp nhận', 'cu_tru.tam_tru', false, 'hồ sơ', 'II.4', 'count', 'received', null, false, 'dvc25.tam_tru', null),
  ('cu_tru.tam_tru.du_dieu_kien', 49, 'Đăng ký tạm trú: đủ điều kiện', 'cu_tru.tam_tru', false, 'hồ sơ', 'II.4', 'count', 'eligible', 'cu_tru.tam_tru.tiep_nhan', false, null, null),
  ('cu_tru.tam_tru.da_giai_quyet', 50, 'Đăng ký tạm trú: đã giải quyết và trả kết quả', 'cu_tru.tam_tru', false, 'hồ sơ', 'II.4', 'count', 'resolved', 'cu_tru.tam_tru.du_dieu_kien', true, null, null),
  ('cu_tru.tam_tru.dang_giai_quyet', 51, 'Đăng ký tạm trú: đang giải quyết', 'cu_tru.tam_tru', false, 'hồ sơ', 'II.4', 'count', 'pending', 'cu_tru.tam_tru.du_dieu_kien', false, null, null),
  ('cu_tru.luu_tru.truc_tiep', 52, 'Thông báo lưu trú trực tiếp', null, false, 'trường hợp', 'II.4', 'count', null, null, false, null, null),
  ('cu_tru.tam_vang.tiep_nhan', 53, 'Khai báo tạm vắng: đã tiếp nhận', null, false, 'hồ sơ', 'II.4', 'count', null, null, false, 'dvc25.tam_vang', null),
  ('tuyen_truyen.dang_tai', 54, 'Lượt đăng tải trên Zalo, Facebook, fanpage', null, false, 'lượt', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.luot_thich', 55, 'Lượt thích, chia sẻ', null, false, 'lượt', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.to_roi', 56, 'Tờ rơi đã phát', null, false, 'lượt', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.long_ghep', 57, 'Lượt lồng ghép tại cuộc họp, sinh hoạt thôn, khu phố', null, false, 'lượt', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.nguoi_du', 58, 'Lượt người tham gia các buổi lồng ghép', null, false, 'lượt', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.truyen_hinh', 59, 'Tin, phóng sự của Đài Phát thanh và Truyền hình tỉnh', null, false, 'tin', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.bao_in', 60, 'Tin bài của Báo tỉnh', null, false, 'tin', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.toa_dam', 61, 'Tọa đàm', null, false, 'buổi', 'II.5', 'count', null, null, false, null, null),
  ('tuyen_truyen.pano', 62, 'Đơn vị Công an có trụ sở độc lập được cấp pano, áp phích', null, false, '%', 'II.5', 'rate', null, null, false, null, null),
  ('ty_le.tro_cap_that_nghiep', 63, 'Giải quyết hưởng trợ cấp thất nghiệp qua dịch vụ công', null, false, 'trường hợp', 'III.2', 'count', null, null, true, 'dvc25.tro_cap_that_nghiep', null),
  ('ty_le.ly_lich_tu_phap', 64, 'Cấp phiếu lý lịch tư pháp qua dịch vụ công', null, false, 'trường hợp', 'III.2', 'count', null, null, true, 'dvc25.ly_lich_tu_phap', null),
  ('thiet_bi.may_tinh', 65, 'Máy tính đã trang cấp được sử dụng', null, false, 'máy', 'V.7', 'count', null, null, true, null, null),
  ('muc_tieu.hoi_vien', 66, 'Hội viên, đoàn viên được huy động tuyên truyền, hướng dẫn cài VNeID', null, false, '%', 'V.5', 'target', null, null, false, null, null),
  ('muc_tieu.can_bo_khai_thac', 67, 'Cán bộ tiếp dân sử dụng phương thức khai thác thông tin cư trú', null, false, '%', 'V.7', 'target', null, null, false, null, null),
  ('muc_tieu.eid2_can_bo', 68, 'Cán bộ chiến sĩ công an được thu nhận hồ sơ định danh điện tử mức 2', null, false, '%', 'I.2', 'target', null, null, false, null, null);

insert into indicator_owner (code, owner, valid_from, valid_to) values
  ('dvc25', 'Tổ công tác Đề án 06 tỉnh', '2022-01-06', null),
  ('dvc25.xac_nhan_cmnd', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.cap_lai_doi_cccd', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.dang_ky_xe', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.phat_nguoi', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.ho_chieu', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.cu_tru', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.thuong_tru', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.tam_tru', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.tam_vang', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.luu_tru', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.con_dau_moi', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.con_dau_thu_nho', 'Công an tỉnh', '2022-01-06', null),
  ('dvc25.khai_sinh', 'Sở Tư pháp', '2022-01-06', null),
  ('dvc25.khai_tu', 'Sở Tư pháp', '2022-01-06', null),
  ('dvc25.ket_hon', 'Sở Tư pháp', '2022-01-06', null),
  ('dvc25.ly_lich_tu_phap', 'Sở Tư pháp', '2022-01-06', '2025-03-01'),
  ('dvc25.ly_lich_tu_phap', 'Công an tỉnh', '2025-03-01', null),
  ('dvc25.lien_thong_khai_sinh', 'Sở Tư pháp', '2022-01-06', null),
  ('dvc25.lien_thong_khai_tu', 'Sở Tư pháp', '2022-01-06', null),
  ('dvc25.thi_thpt', 'Sở Giáo dục và Đào tạo', '2022-01-06', null),
  ('dvc25.tro_cap_that_nghiep', 'Sở Lao động, Thương binh và Xã hội', '2022-01-06', null),
  ('dvc25.bhyt_ho_gia_dinh', 'Bảo hiểm xã hội tỉnh', '2022-01-06', null),
  ('dvc25.cap_dien_moi', 'Công ty Điện lực', '2022-01-06', null),
  ('dvc25.doi_chu_the_dien', 'Công ty Điện lực', '2022-01-06', null),
  ('dvc25.bien_dong_dat', 'Sở Tài nguyên và Môi trường', '2022-01-06', null),
  ('dvc25.dang_ky_thue', 'Cục Thuế tỉnh', '2022-01-06', null),
  ('dvc25.gplx', 'Sở Giao thông vận tải', '2022-01-06', '2025-03-01'),
  ('dvc25.gplx', 'Công an tỉnh', '2025-03-01', null),
  ('cccd', 'Công an tỉnh', '2022-01-06', null),
  ('eid2', 'Công an tỉnh', '2022-01-06', null),
  ('vneid.installed', 'Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh', '2022-01-06', null),
  ('vneid.level1_activated', 'Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh', '2022-01-06', null),
  ('vneid.level2_collected', 'Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh', '2022-01-06', null),
  ('vneid.level2_approved', 'Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh', '2022-01-06', null),
  ('vneid.level2_activated', 'Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh', '2022-01-06', null),
  ('hen.phuc_vu', 'Công an tỉnh', '2022-01-06', null),
  ('hen.trong_ngay', 'Công an tỉnh', '2022-01-06', null),
  ('csdldc.tra_cuu', 'Sở Thông tin và Truyền thông', '2022-01-06', null),
  ('cccd_bhyt.co_so', 'Sở Y tế', '2022-01-06', null),
  ('cccd_bhyt.su_dung', 'Bảo hiểm xã hội tỉnh', '2022-01-06', null),
  ('cccd_bhyt.tra_cuu', 'Bảo hiểm xã hội tỉnh', '2022-01-06', null),
  ('gksk_lai_xe', 'Sở Y tế', '2022-01-06', null),
  ('cu_tru.thuong_tru', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.thuong_tru.tiep_nhan', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.thuong_tru.du_dieu_kien', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.thuong_tru.da_giai_quyet', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.thuong_tru.dang_giai_quyet', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.tam_tru', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.tam_tru.tiep_nhan', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.tam_tru.du_dieu_kien', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.tam_tru.da_giai_quyet', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.tam_tru.dang_giai_quyet', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.luu_tru.truc_tiep', 'Công an tỉnh', '2022-01-06', null),
  ('cu_tru.tam_vang.tiep_nhan', 'Công an tỉnh', '2022-01-06', null),
  ('tuyen_truyen.dang_tai', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.luot_thich', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.to_roi', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.long_ghep', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.nguoi_du', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.truyen_hinh', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.bao_in', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.toa_dam', 'Các Sở, ban, ngành, địa phương', '2022-01-06', null),
  ('tuyen_truyen.pano', 'Công an tỉnh', '2022-01-06', null),
  ('ty_le.tro_cap_that_nghiep', 'Sở Lao động, Thương binh và Xã hội', '2022-01-06', null),
  ('ty_le.ly_lich_tu_phap', 'Sở Tư pháp', '2022-01-06', '2025-03-01'),
  ('ty_le.ly_lich_tu_phap', 'Công an tỉnh', '2025-03-01', null),
  ('thiet_bi.may_tinh', 'UBND cấp huyện, cấp xã', '2022-01-06', null),
  ('muc_tieu.hoi_vien', 'Tỉnh Đoàn, Hội Liên hiệp Phụ nữ tỉnh', '2022-01-06', null),
  ('muc_tieu.can_bo_khai_thac', 'Các Sở, ban, ngành, UBND các cấp', '2022-01-06', null),
  ('muc_tieu.eid2_can_bo', 'Công an tỉnh', '2022-01-06', null);
