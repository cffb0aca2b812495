//! The lines of a brief in words, Vietnamese or English. Names of units are as they are.

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;

use super::gather::Asked;
use super::rules::{Doubts, Item, Part, Passed, Phones, Places, Ranked, Todo};
use crate::geography::Level;
use crate::http::failure::Language;
use crate::reporting::rules::{count_vi, day_vi};

/// Who says it, and of which units.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    pub language: Language,
    pub asked: &'a Asked,
}

impl Speaker<'_> {
    fn is_vietnamese(&self) -> bool {
        self.language == Language::Vietnamese
    }

    pub fn pick(&self, vi: impl Into<String>, en: impl Into<String>) -> String {
        if self.is_vietnamese() {
            vi.into()
        } else {
            en.into()
        }
    }

    /// `1.234` or `1,234`.
    pub fn count(&self, n: i64) -> String {
        let plain = if (1..10).contains(&n) {
            n.to_string()
        } else {
            count_vi(n)
        };
        self.pick(plain.clone(), plain.replace('.', ","))
    }

    pub fn day(&self, day: NaiveDate) -> String {
        self.pick(day_vi(day), day.format("%Y-%m-%d").to_string())
    }

    /// A village among villages of many communes is told with its commune.
    pub fn name(&self, unit: UnitId) -> String {
        let (geography, on) = (&self.asked.geography, self.asked.on);
        let name = geography.name_on(unit, on);
        let is_village = geography
            .unit(unit)
            .is_some_and(|own| own.level == Level::Village);
        match geography.ancestor_on(unit, Level::Commune, on) {
            Some(commune) if is_village && self.asked.level() == Level::Commune => {
                format!("{name}, {}", geography.name_on(commune, on))
            }
            _ => name,
        }
    }

    pub fn title(&self, part: Part) -> String {
        let (vi, en) = match part {
            Part::Moved => ("Ai tiến", "Who moved"),
            Part::Stalled => ("Ai chững lại", "Who stalled"),
            Part::Stale => ("Số liệu còn nằm trên máy", "Numbers still on phones"),
            Part::Doubtful => ("Số liệu cần xem lại", "Numbers to doubt"),
            Part::SevenDays => (
                "Hạn bảy ngày kích hoạt mức 2",
                "Seven days to activate level 2",
            ),
            Part::Places => ("Chỗ hẹn trong ngày", "Places of the day"),
            Part::Tomorrow => ("Việc ngày mai", "Tomorrow"),
        };
        self.pick(vi, en)
    }

    /// What is said where a part has no line.
    pub fn nothing(&self, part: Part) -> String {
        let (vi, en) = match part {
            Part::Moved => (
                "Không ghi nhận bước nào trong ngày và mười bốn ngày trước.",
                "No step was recorded on the day, nor in the fourteen before.",
            ),
            Part::Stalled => (
                "Không đơn vị nào ngừng quá ba ngày.",
                "No unit was still for three days.",
            ),
            Part::Stale => (
                "Mọi máy đã báo và đã gửi hết.",
                "Every phone has reported and sent everything.",
            ),
            Part::Doubtful => (
                "Không có dấu hiệu, bản ghi chờ duyệt, chênh lệch, lô kiểm tra hay chỉ tiêu nào cần xem lại.",
                "No signal, held record, difference, lot or target is to be looked at.",
            ),
            Part::SevenDays => (
                "Không có thôn nào sắp quá bảy ngày.",
                "Nobody's seven days are about to end.",
            ),
            Part::Places => (
                "Không có chỗ nào trống lại, không ai vắng hẹn.",
                "No place came free, and nobody missed theirs.",
            ),
            Part::Tomorrow => ("Không có việc gì gấp.", "Nothing is urgent."),
        };
        self.pick(vi, en)
    }

    pub fn line(&self, item: &Item) -> String {
        match item {
            Item::Worked {
                unit,
                steps,
                activated,
            } => {
                let (name, steps) = (self.name(*unit), self.count(*steps));
                let activated = self.count(*activated);
                self.pick(
                    format!("{name}: {steps} bước, trong đó {activated} kích hoạt mức 2"),
                    format!("{name}: steps {steps}, level 2 activated {activated}"),
                )
            }
            Item::LastWorked { on, steps } => {
                let (on, steps) = (self.day(*on), self.count(*steps));
                self.pick(
                    format!("Trong ngày chưa ghi nhận bước nào; gần nhất là {on}: {steps} bước"),
                    format!("No step was recorded on the day; the last ones are of {on}: {steps}"),
                )
            }
            Item::Ranked(ranked) => self.ranked(*ranked),
            Item::Still { unit, days } => self.still(*unit, *days),
            Item::AllStill { units } => self.pick(
                format!("Cả {units} đơn vị không ghi nhận bước nào trong mười bốn ngày"),
                format!("None of {units} units recorded a step within fourteen days"),
            ),
            Item::Unsent { unit, phones } => self.unsent(*unit, *phones),
            Item::Silent { unit, phones } => self.silent(*unit, *phones),
            Item::OthersSilent { units, silent, all } => self.pick(
                format!("{units} đơn vị khác: {silent}/{all} máy không báo tình trạng đã ba ngày"),
                format!(
                    "{units} other units: {silent} of {all} phones have not reported for three days"
                ),
            ),
            Item::NoPhones => self.pick(
                "Chưa có máy nào đăng ký: không biết còn gì chưa gửi",
                "No phone is registered: nobody knows what is unsent",
            ),
            Item::Doubt { unit, doubts } => {
                format!("{}: {}", self.name(*unit), self.doubts(*doubts))
            }
            Item::Passed(passed) => self.passed(*passed),
            Item::Waiting {
                village,
                people,
                days_left,
            } => self.waiting(*village, *people, *days_left),
            Item::Freed(places) => self.freed(*places),
            Item::Missed { missed } => self.pick(
                format!("{missed} người có hẹn mà không đến"),
                format!("{missed} did not come to their appointment"),
            ),
            Item::Todo(todo) => self.todo(todo),
        }
    }

    fn ranked(&self, ranked: Ranked) -> String {
        let (name, before, now) = (self.name(ranked.unit), ranked.before, ranked.now);
        match now < before {
            true => self.pick(
                format!("{name}: lên hạng {now} (hôm trước {before})"),
                format!("{name}: up to rank {now} (the day before {before})"),
            ),
            false => self.pick(
                format!("{name}: xuống hạng {now} (hôm trước {before})"),
                format!("{name}: down to rank {now} (the day before {before})"),
            ),
        }
    }

    fn still(&self, unit: UnitId, days: Option<i64>) -> String {
        let name = self.name(unit);
        match days {
            Some(days) => self.pick(
                format!("{name}: {days} ngày không có bước nào"),
                format!("{name}: no step for {days} days"),
            ),
            None => self.pick(
                format!("{name}: hơn mười bốn ngày không có bước nào"),
                format!("{name}: no step for more than fourteen days"),
            ),
        }
    }

    fn unsent(&self, unit: UnitId, phones: Phones) -> String {
        let (name, unsent) = (self.name(unit), self.count(phones.unsent));
        let waiting = phones.waiting;
        let oldest = phones.oldest_on.map(|on| self.day(on));
        let (vi, en) = oldest.map_or_else(Default::default, |on| {
            (
                format!(", cũ nhất từ {on}"),
                format!(", the oldest of {on}"),
            )
        });
        self.pick(
            format!("{name}: {unsent} bản ghi chưa gửi trên {waiting} máy{vi}"),
            format!("{name}: {unsent} records unsent on {waiting} phones{en}"),
        )
    }

    fn silent(&self, unit: UnitId, phones: Phones) -> String {
        let (name, silent, all) = (self.name(unit), phones.silent, phones.all);
        self.pick(
            format!("{name}: {silent}/{all} máy không báo tình trạng đã ba ngày, chưa biết còn gì chưa gửi"),
            format!("{name}: {silent} of {all} phones have not reported for three days, nobody knows what they hold"),
        )
    }

    fn passed(&self, passed: Passed) -> String {
        let name = self.name(passed.unit);
        let (count, target) = (self.count(passed.count), self.count(passed.target));
        self.pick(
            format!("{name}: {count} người, vượt chỉ tiêu {target}"),
            format!("{name}: {count} people, more than the target of {target}"),
        )
    }

    fn doubts(&self, doubts: Doubts) -> String {
        let kinds = [
            (doubts.signals, "dấu hiệu cần hỏi lại", "signals open"),
            (doubts.held, "bản ghi chờ duyệt", "records held"),
            (
                doubts.apart,
                "chênh lệch với công an",
                "differences from the police's lists",
            ),
            (doubts.failed, "lô kiểm tra không đạt", "lots failed"),
            (
                doubts.undecided,
                "lô kiểm tra chưa kết luận được",
                "lots undecided",
            ),
        ];
        let told = kinds.into_iter().filter(|(n, ..)| *n > 0);
        let told = told.map(|(n, vi, en)| format!("{} {}", self.count(n), self.pick(vi, en)));
        told.collect::<Vec<_>>().join(", ")
    }

    fn waiting(&self, village: UnitId, people: i64, days_left: i64) -> String {
        let name = self.name(village);
        match days_left {
            0 => self.pick(
                format!("{name}: {people} người hết hạn hôm nay"),
                format!("{name}: people whose last day is today: {people}"),
            ),
            1.. => self.pick(
                format!("{name}: {people} người còn {days_left} ngày"),
                format!("{name}: people with {days_left} more days: {people}"),
            ),
            _ => self.pick(
                format!("{name}: {people} người đã quá hạn {} ngày", -days_left),
                format!(
                    "{name}: people whose days ended {} days ago: {people}",
                    -days_left
                ),
            ),
        }
    }

    fn freed(&self, places: Places) -> String {
        let Places {
            freed, refilled, ..
        } = places;
        let empty = freed - refilled;
        self.pick(
            format!(
                "{freed} chỗ trong ngày trống lại, {refilled} có người khác nhận, {empty} bỏ không"
            ),
            format!(
                "{freed} places of the day came free, {refilled} were taken again, {empty} were not"
            ),
        )
    }

    fn todo(&self, todo: &Todo) -> String {
        match todo {
            Todo::Remind { people, villages } => self.pick(
                format!("Đến nhà, gọi điện {people} người ở {villages} thôn để kích hoạt mức 2; quá hạn thì gọi 1900.0368"),
                format!("Visit or call {people} people of {villages} villages to activate level 2; past the seven days, 1900.0368 helps"),
            ),
            Todo::AskStill { units } => self.pick(
                format!("Hỏi {units} đơn vị vì sao không có việc ghi nhận"),
                format!("Ask {units} units why nothing was recorded"),
            ),
            Todo::Send { units, unsent } => {
                let unsent = self.count(*unsent);
                self.pick(
                    format!("Nhắc {units} đơn vị nối mạng gửi {unsent} bản ghi"),
                    format!("Have {units} units go online and send {unsent} records"),
                )
            }
            Todo::CallSilent { units, phones } => self.pick(
                format!("Gọi người giữ {phones} máy im lặng ở {units} đơn vị"),
                format!("Call those who have the {phones} silent phones of {units} units"),
            ),
            Todo::Recount { lots } => self.pick(
                format!("Đếm lại hoặc tập huấn lại cho {lots} lô kiểm tra không đạt"),
                format!("Recount or retrain for {lots} lots that failed"),
            ),
            Todo::Revisit { lots } => self.pick(
                format!("Đến nhà hỏi lại cho {lots} lô kiểm tra chưa kết luận được"),
                format!("Visit citizens of {lots} lots that are undecided"),
            ),
            Todo::Judge(doubts) => {
                let doubts = self.doubts(*doubts);
                self.pick(format!("Xử lý: {doubts}"), format!("Settle: {doubts}"))
            }
            Todo::CheckTargets { units } => self.pick(
                format!("Kiểm tra chỉ tiêu của {units} đơn vị đã vượt 100 %"),
                format!("Check the targets of {units} units that are above 100 %"),
            ),
            Todo::Tasks { tasks } => self.pick(
                format!("{tasks} nhiệm vụ trong sổ đến hạn"),
                format!("{tasks} tasks of the register are due"),
            ),
            Todo::Visitors { booked } => {
                let booked = self.count(*booked);
                self.pick(
                    format!("Đón {booked} lượt hẹn ở các điểm tiếp nhận"),
                    format!("Receive {booked} appointments at the offices"),
                )
            }
        }
    }
}
