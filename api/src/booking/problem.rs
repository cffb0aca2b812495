//! What booking may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals of finding, holding, confirming and running the desk.
    pub enum BookingProblem {
        OfficeNotFound = 404 "office-not-found", "Không có điểm tiếp nhận này.", "There is no such office.";
        SlotNotFound = 404 "slot-not-found", "Không có khung giờ này.", "There is no such slot.";
        /// The same for a wrong code and a wrong secret.
        AppointmentNotFound = 404 "appointment-not-found", "Mã lịch hẹn hoặc mã bí mật không đúng.", "The code or the secret is wrong.";
        /// The same for a wrong code and a wrong secret.
        EntryNotFound = 404 "waitlist-entry-not-found", "Mã chờ hoặc mã bí mật không đúng.", "The code or the secret is wrong.";
        SlotFull = 409 "slot-full", "Khung giờ này đã hết chỗ.", "This slot is full.";
        SlotClosed = 409 "slot-closed", "Khung giờ này không còn nhận đặt.", "This slot takes no more bookings.";
        AlreadyBooked = 409 "already-booked", "Công dân này đã có lịch hẹn cho thủ tục này. Dùng mã lịch hẹn để đổi giờ, hoặc mang thẻ đến điểm tiếp nhận.", "This citizen has an appointment for this service already. Move it with its code, or bring the card to an office.";
        AlreadyWaiting = 409 "already-waiting", "Công dân này đã có trong danh sách chờ cho thủ tục này. Dùng mã chờ để xem hoặc bỏ.", "This citizen waits for this service already. See or leave with the code.";
        NoOffer = 409 "no-offer", "Hiện không có chỗ nào đang dành cho mã chờ này.", "No place is kept for this entry now.";
        TooManyHolds = 409 "too-many-holds", "Thiết bị này đang giữ quá nhiều chỗ. Hãy xác nhận hoặc bỏ bớt.", "This device holds too many places. Confirm or give back one.";
        CancelledOften = 409 "cancelled-often", "Công dân này đã đặt rồi hủy nhiều lần trong 7 ngày. Hãy nhờ tình nguyện viên đặt giúp, hoặc đến điểm tiếp nhận lấy số.", "This citizen booked and cancelled several times within 7 days. Book through a volunteer, or take a ticket at an office.";
        TooEarlyToKeep = 409 "too-early-to-keep", "Chưa đến lúc xác nhận: hãy xác nhận trong 24 giờ trước giờ hẹn.", "It is too early: say that you come within 24 hours before the start.";
        NotMovable = 409 "not-movable", "Lịch hẹn này không còn đổi hoặc hủy được.", "This appointment can no longer be moved or cancelled.";
        /// Names the slots, and under `rearrangement` what would become of the people.
        HoursInUse = 409 "hours-in-use", "Thay đổi này làm một số người mất chỗ. Xem trước, rồi chọn chuyển họ sang giờ khác.", "People would lose their places by this change. Preview it, and choose to move them.";
        /// Under `rearrangement` stands what would happen now.
        PreviewStale = 409 "preview-stale", "Tình hình đã khác so với lúc xem trước. Hãy xem lại rồi xác nhận.", "Things have changed since the preview. Look again, then confirm.";
        TooManySlotLengths = 409 "too-many-slot-lengths", "Điểm tiếp nhận đã có 12 lần đổi độ dài khung giờ chưa đến ngày. Hãy bỏ bớt trước.", "This office has 12 coming changes of the length of its slots. Take one back first.";
        KitTwice = 409 "kit-twice", "Hai bộ thu nhận không được trùng tên.", "Two kits must not have the same name.";
        NotRestorable = 409 "not-restorable", "Chỉ lấy lại được lịch hẹn do chính mình vừa hủy, trong vòng 60 giây.", "Only one's own cancellation can be undone, within 60 seconds.";
        PlaceTaken = 409 "place-taken", "Chỗ này đã dành cho người khác. Hãy chọn khung giờ khác.", "Somebody else has this place now. Choose another slot.";
        GroupDoesNotFit = 409 "group-does-not-fit", "Khoảng giờ này không đủ chỗ cho cả đoàn. Chọn ngày hoặc khoảng giờ khác, hoặc đặt cho số người vừa chỗ.", "This group does not fit between these hours. Choose another day or other hours, or book as many as fit.";
        HoldEnded = 410 "hold-ended", "Thời gian giữ chỗ đã hết. Hãy chọn lại khung giờ.", "This hold has run out. Choose a slot again.";
        HoldForeign = 422 "hold-foreign", "Mã giữ chỗ không hợp lệ cho những người này.", "This hold token is not valid for these people.";
        WorkNeeded = 422 "work-needed", "Thiết bị cần tính thêm một phép thử trước khi giữ chỗ.", "The device must do a proof of work before it holds a place.";
    }
}
