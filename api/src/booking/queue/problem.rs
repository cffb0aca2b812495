//! What the queue may refuse.

use crate::http::failure::problems;

problems! {
    /// Refusals of the door, the desk and the second screen.
    pub enum QueueProblem {
        /// The same for a wrong number and a wrong pin.
        TicketNotFound = 404 "ticket-not-found", "Số phiếu hoặc mã trên phiếu không đúng, hoặc phiếu không phải của hôm nay.", "The number or the pin is wrong, or the ticket is not of today.";
        AppointmentUnknown = 404 "appointment-unknown", "Không có lịch hẹn nào với mã hoặc thẻ này ở đây hôm nay.", "There is no appointment with this code or card here today.";
        AppointmentElsewhere = 409 "appointment-elsewhere", "Người này có lịch hẹn ở nơi khác hoặc ngày khác. Có thể chuyển về đây ngay nếu người đó muốn.", "This person has an appointment elsewhere or on another day. It can be moved here at once if they wish.";
        AppointmentHere = 409 "appointment-here", "Người này có lịch hẹn ở đây hôm nay. Hãy ghi nhận đến theo lịch hẹn.", "This person has an appointment here today. Check them in with it.";
        NotToCheckIn = 409 "not-to-check-in", "Lịch hẹn này không còn chờ người đến (đã ghi nhận, đã xong, đã hủy hoặc cần chọn lại giờ).", "This appointment waits for nobody: it was checked in, served, cancelled, or needs another time.";
        AlreadyQueued = 409 "already-queued", "Người này đang chờ cho thủ tục này rồi.", "This person waits for this service already.";
        QueueEmpty = 409 "queue-empty", "Không còn ai đang chờ quầy này.", "Nobody waits for this desk.";
        DeskBusy = 409 "desk-busy", "Quầy này đang có người. Hãy kết thúc, tạm gác hoặc bỏ qua người đó trước.", "This desk has somebody. Finish, park or skip them first.";
        WrongTicketState = 409 "wrong-ticket-state", "Phiếu đang ở trạng thái khác nên không làm được việc này.", "The ticket is in another state, which does not allow this.";
        TooFewCalls = 409 "too-few-calls", "Chưa gọi đủ số lần để ghi vắng mặt.", "Not called often enough to be a no-show.";
        UndoTooLate = 409 "undo-too-late", "Đã quá thời gian cho phép hoàn tác.", "It is too late to take this back.";
        PlaceUsed = 409 "place-used", "Chỗ của lịch hẹn đã được dùng cho người khác. Hãy phát phiếu không hẹn.", "The place of the appointment was given to somebody else. Issue a ticket without one.";
        NumbersOut = 409 "numbers-out", "Hôm nay đã phát hết số phiếu.", "All numbers of the day are given out.";
    }
}
