//! A group's list as a CSV file: every line judged by itself, against those before it, and against
//! who has an appointment already. Each fault is told with what mends it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::booking::{Consent, GROUP_MAX, Visitor};
use mobile_contracts::calendar::local_day;
use mobile_contracts::fold::fold;
use mobile_contracts::ids::UnitId;
use serde::Deserialize;

use crate::booking::appointments::party::{Checked, check_visitor};
use crate::booking::problem::BookingProblem;
use crate::geography::{Geography, Level};
use crate::http::csv::read_lines;
use crate::http::failure::{Failure, Language};
use crate::privacy::keys::Keys;

const COLUMNS: [&str; 7] = [
    "id_number",
    "name",
    "birth_on",
    "phone",
    "village",
    "guardian_name",
    "consent",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id_number: String,
    name: String,
    birth_on: Option<String>,
    phone: Option<String>,
    village: Option<String>,
    guardian_name: Option<String>,
    consent: Option<String>,
}

/// One line: somebody who can be booked, or what is wrong with it.
pub struct Line {
    pub number: u32,
    pub verdict: Result<Checked, String>,
}

impl Line {
    /// Its verdict, knowing who has an appointment already; nothing is said of where and when.
    pub fn judged(&self, booked: &BTreeSet<Vec<u8>>) -> Result<&Checked, &str> {
        match &self.verdict {
            Ok(one) if booked.contains(&one.blind) => Err(BookingProblem::AlreadyBooked.kind().vi),
            Ok(one) => Ok(one),
            Err(words) => Err(words),
        }
    }
}

/// By what lines are judged.
pub struct Judge<'a> {
    pub keys: &'a Keys,
    pub geography: &'a Geography,
    /// Villages are found by name within this unit.
    pub within: UnitId,
    pub now: DateTime<Utc>,
}

impl Judge<'_> {
    /// Reads a file.
    ///
    /// # Errors
    /// 422 when the file as a whole cannot be read.
    pub fn read(&self, file: &[u8]) -> Result<Vec<Line>, Failure> {
        let villages = self.villages();
        let mut seen: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
        let mut lines = Vec::new();
        for (number, row) in read_lines::<Row>(file, &COLUMNS, &COLUMNS[..3], GROUP_MAX)? {
            let verdict = row.and_then(|row| self.judge(row, &villages));
            let verdict = verdict.and_then(|one| match seen.get(&one.blind) {
                Some(earlier) => Err(format!(
                    "Số định danh trùng với dòng {earlier}: xóa một trong hai dòng, hoặc sửa số."
                )),
                None => {
                    seen.insert(one.blind.clone(), number);
                    Ok(one)
                }
            });
            lines.push(Line { number, verdict });
        }
        Ok(lines)
    }

    fn judge(&self, row: Row, villages: &BTreeMap<String, Vec<UnitId>>) -> Result<Checked, String> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let mut words = Vec::new();
        let mut or_say = |read: Result<Option<_>, String>| match read {
            Ok(value) => value,
            Err(sentence) => {
                words.push(sentence);
                None
            }
        };
        if row.id_number.contains(['e', 'E']) {
            return Err("Bảng tính đã đổi số định danh thành dạng rút gọn như 5,8E+10: định dạng cột là Văn bản (Text), rồi nhập lại số.".to_owned());
        }
        let birth_on = or_say(given(row.birth_on).map(|text| read_day(&text)).transpose());
        let consent = read_consent(given(row.consent).as_deref());
        let outside = |text: &str| matches!(fold(text).as_str(), "ngoai tinh" | "outside");
        let village = given(row.village);
        let outside_province = village.as_deref().is_some_and(outside);
        let village_id = village
            .filter(|_| !outside_province)
            .map(|text| self.read_village(&text, villages))
            .transpose();
        let mut faults = Vec::new();
        let (village_id, consent) = match (village_id, consent) {
            (Ok(village_id), Ok(consent)) => (village_id, consent),
            (village_id, consent) => {
                words.extend(village_id.err());
                words.extend(consent.err());
                (None, Consent::None)
            }
        };
        let visitor = Visitor {
            id_number: row.id_number,
            name: row.name,
            birth_on,
            phone: given(row.phone),
            village_id,
            outside_province,
            consent,
            guardian_name: given(row.guardian_name),
        };
        let (keys, geography, now) = (self.keys, self.geography, self.now);
        let checked = check_visitor(keys, geography, &visitor, now, "", &mut faults);
        let said = faults
            .iter()
            .map(|fault| Language::Vietnamese.pick(&fault.text));
        words.extend(said.map(str::to_owned));
        match checked {
            Some(checked) if words.is_empty() => Ok(checked),
            _ => Err(words.join(" ")),
        }
    }

    /// Villages of today by their folded names.
    fn villages(&self) -> BTreeMap<String, Vec<UnitId>> {
        let today = local_day(self.now);
        let mut named: BTreeMap<String, Vec<UnitId>> = BTreeMap::new();
        for id in self.geography.within(self.within, Level::Village, today) {
            let name = fold(&self.geography.name_on(id, today));
            named.entry(name).or_default().push(id);
        }
        named
    }

    fn read_village(
        &self,
        text: &str,
        villages: &BTreeMap<String, Vec<UnitId>>,
    ) -> Result<UnitId, String> {
        if let Ok(id) = text.parse() {
            return Ok(UnitId(id));
        }
        match villages.get(&fold(text)).map(Vec::as_slice) {
            Some([id]) => Ok(*id),
            Some(_) => Err(format!(
                "Có nhiều nơi tên {text:?} trong phạm vi của bạn: ghi mã của thôn, khu phố thay cho tên."
            )),
            None => Err(format!(
                "Không có thôn, khu phố {text:?} trong phạm vi của bạn: ghi đúng tên, ghi mã, hoặc để trống."
            )),
        }
    }
}

fn read_day(text: &str) -> Result<NaiveDate, String> {
    let formats = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"];
    let read = |format: &str| NaiveDate::parse_from_str(text, format).ok();
    formats
        .iter()
        .find_map(|format| read(format))
        .ok_or_else(|| "Ngày sinh không đọc được: ghi dạng 31/12/2008 hoặc 2008-12-31.".to_owned())
}

fn read_consent(text: Option<&str>) -> Result<Consent, String> {
    match text {
        None | Some("none") => Ok(Consent::None),
        Some("spoken") => Ok(Consent::Spoken),
        Some("written") => Ok(Consent::Written),
        Some(_) => Err("Sự đồng ý: ghi spoken, written, none hoặc để trống.".to_owned()),
    }
}
