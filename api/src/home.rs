//! The front page: where to go.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::http::html::page;

/// Mounts the page. Not part of the contract.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(show_home));
}

async fn show_home() -> HttpResponse {
    page(
        StatusCode::OK,
        "Tổ công tác Đề án 06",
        "<ul>\
         <li><a href=\"/dat-lich\">Đặt lịch làm căn cước, định danh mức 2</a> — có thể chọn ngay hôm nay.</li>\
         <li><a href=\"/app\">Ứng dụng của tình nguyện viên</a> — ghi nhận được cả khi không có sóng.</li>\
         <li><a href=\"/quay\">Bàn tiếp nhận</a> — hàng đợi, phát phiếu, gọi số, cho cán bộ tiếp nhận.</li>\
         <li><a href=\"/chi-huy\">Bảng chỉ huy</a> — ai dẫn đầu, ai chậm, việc cần xem xét, tài khoản.</li>\
         <li><a href=\"/bang\">Bảng thi đua các xã, phường</a></li>\
         <li><a href=\"/docs/\" lang=\"en\">API documentation</a></li>\
         </ul>",
    )
}
