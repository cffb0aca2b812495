//! The front page: where to go.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::http::html::page;

/// Mounts the page. Not part of the contract.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(show_home));
}

/// Address, name and what is behind it.
type Door = (&'static str, &'static str, &'static str);

const CITIZENS: [Door; 6] = [
    (
        "/dat-lich",
        "Đặt lịch làm căn cước, định danh mức 2",
        "Có thể chọn ngay hôm nay. <span lang=\"en\">Book an ID-card appointment.</span>",
    ),
    (
        "/lich-hen",
        "Xem, đổi, hủy lịch hẹn",
        "Bằng mã trên phiếu hẹn. <span lang=\"en\">Manage an appointment.</span>",
    ),
    (
        "/cho",
        "Danh sách chờ",
        "Có người hủy là báo ngay. <span lang=\"en\">Wait for a place that comes free.</span>",
    ),
    (
        "/so-thu-tu",
        "Sắp đến lượt tôi chưa?",
        "Bằng số và mã trên phiếu ở điểm tiếp nhận. <span lang=\"en\">Is it soon my turn?</span>",
    ),
    (
        "/xac-minh",
        "Ai đang đến nhà bạn?",
        "Kiểm tra sáu số trên máy của tình nguyện viên. <span lang=\"en\">Who is at your door?</span>",
    ),
    (
        "/bang",
        "Bảng thi đua các xã, phường",
        "Số người đã cài, đã kích hoạt VNeID. <span lang=\"en\">Who leads, who lags.</span>",
    ),
];

const STAFF: [Door; 3] = [
    (
        "/app",
        "Ứng dụng của tình nguyện viên",
        "Ghi nhận được cả khi không có sóng. <span lang=\"en\">For volunteers, without a network too.</span>",
    ),
    (
        "/quay",
        "Bàn tiếp nhận",
        "Hàng đợi, phát phiếu, gọi số, cho cán bộ tiếp nhận. <span lang=\"en\">The desk of an office.</span>",
    ),
    (
        "/chi-huy",
        "Bảng chỉ huy",
        "Ai dẫn đầu, ai chậm, việc cần xem xét, báo cáo, tài khoản. <span lang=\"en\">For those who command.</span>",
    ),
];

async fn show_home() -> HttpResponse {
    let doors = |doors: &[Door]| -> String {
        let tile = |(address, name, what): &Door| {
            format!("<li><a href=\"{address}\">{name}</a><span class=\"soft\">{what}</span></li>")
        };
        doors.iter().map(tile).collect()
    };
    page(
        StatusCode::OK,
        ("Tổ công tác Đề án 06", "Task force of Project 06"),
        &format!(
            "<h2>Cho người dân <span lang=\"en\">For citizens</span></h2><ul class=\"doors wide\">{}</ul>\
             <h2>Cho lực lượng và cán bộ <span lang=\"en\">For those at work</span></h2><ul class=\"doors\">{}</ul>\
             <p class=\"soft\">Cho người viết phần mềm: <a href=\"/docs/\">tài liệu API <span lang=\"en\">API documents</span></a></p>",
            doors(&CITIZENS),
            doors(&STAFF)
        ),
    )
}
