//! From the bytes of a file to its lines, each understood or refused by itself. Slow: it runs off the async
//! threads.

use chrono::NaiveDate;
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use mobile_contracts::roster::{ROSTER_LINES_MAX, RosterColumn};

use super::cells::{agree, read_birth, read_groups, read_id, read_phone, read_sex, read_yes};
use super::columns::{Column, Header};
use super::places::Places;
use super::rules::{Expected, Line};
use crate::http::csv::unusable;
use crate::http::failure::Failure;
use crate::http::table::{Cell, Row, read_table};
use crate::privacy::keys::{Blind, Keys};

/// Titles above the header.
const ROWS_ABOVE_MAX: usize = 20;

/// By what a file is read.
pub struct Reader<'a> {
    pub keys: &'a Keys,
    pub places: Places,
    /// The day in Vietnam.
    pub today: NaiveDate,
    /// Whether the list as a whole says that the owners of phones agreed; a line may say otherwise.
    pub phones_agreed: bool,
}

/// A file that was read.
pub struct Content {
    pub sheet: Option<String>,
    pub sheets_left_out: u32,
    pub columns: Vec<RosterColumn>,
    pub lines: Vec<Line>,
}

impl Reader<'_> {
    /// # Errors
    /// 422 when the file as a whole cannot be used.
    pub fn read(&self, file: &[u8]) -> Result<Content, Failure> {
        let table = read_table(file, ROSTER_LINES_MAX + ROWS_ABOVE_MAX)?;
        let Some((header, rows)) = Header::find(&table.rows) else {
            return Err(unusable(
                "Không thấy dòng tiêu đề: cần ít nhất cột Họ tên và một trong các cột Năm sinh, Số định danh.",
                "There is no header: it needs at least the name (Họ tên) and the year of birth or the ID number.",
            ));
        };
        if let Some(repeated) = header.repeated() {
            return Err(unusable(
                format!("Hai cột cùng nghĩa {repeated:?}: xóa hoặc đổi tên một cột."),
                format!("Two columns mean the same, {repeated:?}: remove or rename one."),
            ));
        }
        if rows.is_empty() || rows.len() > ROSTER_LINES_MAX {
            return Err(unusable(
                format!("Tệp cần từ 1 đến {ROSTER_LINES_MAX} dòng người."),
                format!("A file has 1 to {ROSTER_LINES_MAX} lines of people."),
            ));
        }
        refuse_old_fonts(&header, rows)?;
        let columns = header.named.iter().map(|(name, column)| RosterColumn {
            header: name.clone(),
            read_as: column.map(|column| column.as_str().to_owned()),
        });
        Ok(Content {
            columns: columns.collect(),
            lines: rows.iter().map(|row| self.line(&header, row)).collect(),
            sheet: table.sheet,
            sheets_left_out: table.sheets_left_out as u32,
        })
    }

    fn line(&self, header: &Header, (number, cells): &Row) -> Line {
        let mut line = Line {
            number: *number,
            read: Err(String::new()),
            repaired: false,
            notes: Vec::new(),
        };
        line.read = self.understand(header, cells, &mut line);
        line
    }

    /// Who is meant, or all that is wrong.
    fn understand(
        &self,
        header: &Header,
        cells: &[Cell],
        line: &mut Line,
    ) -> Result<Expected, String> {
        let cell = |column| header.cell(cells, column);
        let mut faults = Vec::new();
        let id = keep(&mut faults, read_id(cell(Column::IdNumber), self.today)).flatten();
        let birth = keep(&mut faults, read_birth(cell(Column::Birth), self.today)).flatten();
        let sex = keep(&mut faults, read_sex(cell(Column::Sex))).flatten();
        let smartphone = read_yes(cell(Column::Smartphone), "Điện thoại thông minh");
        let smartphone = keep(&mut faults, smartphone).flatten();
        let name = keep(&mut faults, read_name(header, cells));
        let village = self
            .places
            .find(&cell(Column::Commune).text(), &cell(Column::Village).text());
        let village_id = keep(&mut faults, village);
        let phone = keep(&mut faults, self.phone(header, cells, line)).flatten();
        if let Some(id) = &id {
            line.repaired |= id.repaired;
            if id.repaired {
                line.notes.push(
                    "Số định danh thiếu số 0 ở đầu (bảng tính đã bỏ): đã thêm lại.".to_owned(),
                );
            }
            keep(
                &mut faults,
                agree(&id.value, birth.map(|birth| birth.0), sex),
            );
        }
        let in_number = id
            .as_ref()
            .and_then(|id| i16::try_from(id.value.birth_year()).ok());
        let birth_year = birth.map(|birth| birth.0).or(in_number);
        if birth_year.is_none() && faults.is_empty() {
            faults
                .push("Thiếu cả năm sinh lẫn số định danh: ghi ít nhất một trong hai.".to_owned());
        }
        let (groups, strange) = read_groups(cell(Column::Group));
        if strange {
            line.notes.push("Có nhóm không nhận ra, nên không ghi: các nhóm là cán bộ/công chức/viên chức, đoàn viên, hội viên, đảng viên, học sinh/sinh viên.".to_owned());
        }
        match (name, village_id, birth_year) {
            (Some(name), Some(village_id), Some(birth_year)) if faults.is_empty() => Ok(Expected {
                blind: id
                    .as_ref()
                    .map(|id| self.keys.blind(Blind::CitizenId, id.value.expose())),
                tail: id.as_ref().map(|id| id.value.tail().to_owned()),
                sex: sex.or(id.map(|id| id.value.sex())),
                name,
                birth_year,
                birth_on: birth.and_then(|birth| birth.1),
                phone,
                village_id,
                smartphone,
                groups,
            }),
            _ => Err(faults.join(" ")),
        }
    }

    /// A phone is looked at only if its owner agreed that it is kept.
    fn phone(
        &self,
        header: &Header,
        cells: &[Cell],
        line: &mut Line,
    ) -> Result<Option<MobilePhone>, String> {
        let cell = header.cell(cells, Column::Phone);
        let agreed = read_yes(header.cell(cells, Column::PhoneAgreed), "Đồng ý")?;
        if *cell == Cell::Empty {
            return Ok(None);
        }
        if !agreed.unwrap_or(self.phones_agreed) {
            line.notes.push(
                "Số điện thoại không được giữ, vì danh sách không nói chủ số đã đồng ý.".to_owned(),
            );
            return Ok(None);
        }
        let read = read_phone(cell)?;
        if read.as_ref().is_some_and(|read| read.repaired) {
            line.repaired = true;
            line.notes
                .push("Số điện thoại thiếu số 0 ở đầu (bảng tính đã bỏ): đã thêm lại.".to_owned());
        }
        Ok(read.map(|read| read.value))
    }
}

fn keep<T>(faults: &mut Vec<String>, read: Result<T, String>) -> Option<T> {
    read.map_err(|why| faults.push(why)).ok()
}

fn whole_name(header: &Header, cells: &[Cell]) -> String {
    let text = |column| header.cell(cells, column).text();
    match header.has(Column::Name) {
        true => text(Column::Name).into_owned(),
        false => format!("{} {}", text(Column::FamilyName), text(Column::GivenName)),
    }
}

fn read_name(header: &Header, cells: &[Cell]) -> Result<PersonName, String> {
    PersonName::parse(&whole_name(header, cells)).map_err(|why| why.message().to_owned())
}

/// Names that were typed for TCVN3 or VNI fonts are letters of Latin-1 that look right in those fonts only.
/// Read as they are, some of them would pass for names.
fn refuse_old_fonts(header: &Header, rows: &[Row]) -> Result<(), Failure> {
    let old = rows
        .iter()
        .filter(|(_, cells)| is_of_an_old_font(&whole_name(header, cells)));
    if old.count() * 5 < rows.len() {
        return Ok(());
    }
    Err(unusable(
        "Họ tên gõ bằng phông cũ TCVN3 (.VnTime) hoặc VNI, không phải Unicode. Chuyển mã sang Unicode (UniKey: Ctrl+Shift+F6) rồi gửi lại.",
        "Names were typed for an old font, TCVN3 (.VnTime) or VNI, and not in Unicode. Convert them to Unicode (UniKey: Ctrl+Shift+F6) and send again.",
    ))
}

fn is_of_an_old_font(name: &str) -> bool {
    const TCVN3: &str = "¨©ª«¬®µ¶·¸¹»¼½¾§¡¢£¤¥¦";
    const VNI: [&str; 20] = [
        "aê", "aâ", "eâ", "oâ", "aù", "aø", "aû", "aõ", "aï", "eù", "eø", "eã", "où", "oø", "oû",
        "uù", "uø", "uû", "öô", "öõ",
    ];
    let lower = name.to_lowercase();
    let letters: Vec<char> = name.chars().collect();
    // A capital in the middle of a word of small letters: NguyÔn.
    let odd_capital = letters
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && ('À'..='Þ').contains(&pair[1]));
    odd_capital
        || letters.iter().any(|letter| TCVN3.contains(*letter))
        || VNI.iter().any(|pair| lower.contains(pair))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_old_fonts_are_told_from_names() {
        for old in [
            "NguyÔn V¨n Thö",
            "TrÇn ThÞ Hoa",
            "Nguyeãn Vaên Höông",
            "Traàn Thò Hoøa",
        ] {
            assert!(is_of_an_old_font(old), "{old}");
        }
        for name in [
            "Nguyễn Văn Thử",
            "TRẦN THỊ HÒA",
            "Huệ",
            "Tuân",
            "Katơr Hoà",
            "Chamaléa Thị Thuý",
            "Nguyễn Quý",
        ] {
            assert!(!is_of_an_old_font(name), "{name}");
        }
    }
}
