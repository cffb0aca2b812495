//! What lists may be refused for as a whole. Lines are told one by one.

use crate::http::failure::problems;

problems! {
    /// Refusals about lists of people.
    pub enum RosterProblem {
        RosterKnown = 409 "roster-known", "Tệp này đã được nhập rồi. Nếu muốn nhập lại, hãy hoàn tác danh sách cũ trước.", "This file was imported already. To import it again, undo the old list first.";
        RosterInUse = 409 "roster-in-use", "Đã có người làm việc với danh sách này, hoặc danh sách khác cũng ghi những người này, nên không hoàn tác được nữa. Ghi nhầm thì sửa từng người.", "Somebody has worked on this list, or another list names these people too, so that it cannot be undone any more. Correct mistakes person by person.";
        RosterMoved = 409 "roster-moved", "Trong lúc xét tệp đã có danh sách khác được nhập hoặc hoàn tác. Hãy gửi lại.", "Another list was imported or undone while this file was judged. Send it again.";
    }
}
