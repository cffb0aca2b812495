//! Which column is which, by the words that people write above them.

use mobile_contracts::fold::fold;

use crate::http::table::{Cell, Row};

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Name,
    FamilyName,
    GivenName,
    Birth,
    Sex,
    IdNumber,
    Phone,
    Village,
    Commune,
    Group,
    Smartphone,
    PhoneAgreed,
    /// Counted by hand, and not read.
    Number,
}

/// The words of each column, folded and without signs.
const WORDS: &[(Column, &str, &[&str])] = &[
    (
        Column::Name,
        "name",
        &[
            "ho ten",
            "ho va ten",
            "ho va ten khai sinh",
            "ten cong dan",
            "full name",
            "name",
        ],
    ),
    (
        Column::FamilyName,
        "family_name",
        &[
            "ho",
            "ho dem",
            "ho va dem",
            "ho lot",
            "ho va ten dem",
            "ho va chu dem",
            "ho chu dem",
        ],
    ),
    (Column::GivenName, "given_name", &["ten"]),
    (
        Column::Birth,
        "birth",
        &[
            "ngay sinh",
            "nam sinh",
            "ngay thang nam sinh",
            "sinh ngay",
            "sinh nam",
            "ngay thang sinh",
            "birth year",
            "birth on",
        ],
    ),
    (Column::Sex, "sex", &["gioi tinh", "nam nu", "gioi", "sex"]),
    (
        Column::IdNumber,
        "id_number",
        &[
            "so cccd",
            "cccd",
            "so dinh danh",
            "dinh danh",
            "so dinh danh ca nhan",
            "ma dinh danh",
            "ma dinh danh ca nhan",
            "so ddcn",
            "ddcn",
            "so can cuoc",
            "can cuoc",
            "so the can cuoc",
            "can cuoc cong dan",
            "so can cuoc cong dan",
            "cccd cmnd",
            "cmnd cccd",
            "so cccd cmnd",
            "so cmnd cccd",
            "so cccd dinh danh",
            "so dinh danh cccd",
            "id number",
        ],
    ),
    (
        Column::Phone,
        "phone",
        &[
            "dien thoai",
            "so dien thoai",
            "sdt",
            "so dt",
            "dt",
            "di dong",
            "so di dong",
            "dien thoai di dong",
            "phone",
        ],
    ),
    (
        Column::Village,
        "village",
        &[
            "thon",
            "khu pho",
            "thon khu pho",
            "khu pho thon",
            "thon kp",
            "to dan pho",
            "thon to dan pho",
            "thon xom",
            "ap",
            "ma thon",
            "ma thon khu pho",
            "village",
        ],
    ),
    (
        Column::Commune,
        "commune",
        &[
            "xa",
            "phuong",
            "xa phuong",
            "phuong xa",
            "xa phuong thi tran",
            "commune",
        ],
    ),
    (
        Column::Group,
        "group",
        &["nhom", "doi tuong", "nhom doi tuong", "thuoc nhom", "group"],
    ),
    (
        Column::Smartphone,
        "smartphone",
        &[
            "co dien thoai thong minh",
            "dien thoai thong minh",
            "co smartphone",
            "smartphone",
        ],
    ),
    (
        Column::PhoneAgreed,
        "phone_agreed",
        &[
            "dong y",
            "dong y lien he",
            "dong y luu so dien thoai",
            "dong y cung cap so dien thoai",
        ],
    ),
    (
        Column::Number,
        "number",
        &["stt", "tt", "so tt", "so thu tu"],
    ),
];

impl Column {
    /// What a header means; none: nobody knows.
    pub fn read(header: &str) -> Option<Self> {
        let plain: String = fold(header)
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        let words = words.join(" ");
        WORDS
            .iter()
            .find(|(_, _, known)| known.contains(&words.as_str()))
            .map(|(column, ..)| *column)
    }

    pub fn as_str(self) -> &'static str {
        WORDS
            .iter()
            .find(|(column, ..)| *column == self)
            .map_or("", |(_, word, _)| word)
    }
}

/// Where each column stands.
#[derive(Debug, Clone)]
pub struct Header {
    /// Each column of the file as it is named, with what it is.
    pub named: Vec<(String, Option<Column>)>,
}

/// Titles that may stand above a header.
const TITLES_MAX: usize = 20;

impl Header {
    /// Finds the header below titles: the first row that names people and something else. The rows after it
    /// are the lines.
    pub fn find(rows: &[Row]) -> Option<(Self, &[Row])> {
        rows.iter()
            .take(TITLES_MAX)
            .enumerate()
            .find_map(|(at, (_, cells))| {
                let header = Self::of(cells);
                header.names_people().then(|| (header, &rows[at + 1..]))
            })
    }

    fn of(cells: &[Cell]) -> Self {
        let named = cells.iter().map(|cell| {
            let text = cell.text();
            let read = Column::read(&text);
            (text.chars().take(100).collect(), read)
        });
        Self {
            named: named.collect(),
        }
    }

    fn names_people(&self) -> bool {
        let known = self.named.iter().filter(|(_, column)| column.is_some());
        known.count() >= 2 && (self.has(Column::Name) || self.has(Column::GivenName))
    }

    pub fn has(&self, column: Column) -> bool {
        self.named.iter().any(|(_, read)| *read == Some(column))
    }

    /// A column that stands there twice: nobody knows which is meant.
    pub fn repeated(&self) -> Option<&str> {
        let read = |at: usize| self.named[at].1;
        (1..self.named.len())
            .find(|at| read(*at).is_some() && (0..*at).any(|before| read(before) == read(*at)))
            .map(|at| self.named[at].0.as_str())
    }

    /// The cell of a row in this column.
    pub fn cell<'a>(&self, row: &'a [Cell], column: Column) -> &'a Cell {
        let at = self
            .named
            .iter()
            .position(|(_, read)| *read == Some(column));
        at.and_then(|at| row.get(at)).unwrap_or(&Cell::Empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, texts: &[&str]) -> Row {
        let cell = |text: &&str| match *text {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        };
        (number, texts.iter().map(cell).collect())
    }

    #[test]
    fn columns_are_known_by_what_people_write_above_them() {
        for (header, column) in [
            ("Họ và tên", Some(Column::Name)),
            ("HỌ TÊN (chữ in hoa)", None),
            ("Số CCCD/định danh", Some(Column::IdNumber)),
            ("Ngày, tháng, năm sinh", Some(Column::Birth)),
            ("Thôn/khu phố", Some(Column::Village)),
            ("Có điện thoại thông minh?", Some(Column::Smartphone)),
            ("ĐT", Some(Column::Phone)),
            ("Dân tộc", None),
        ] {
            assert_eq!(Column::read(header), column, "{header}");
        }
        for (column, word, _) in WORDS {
            assert_eq!(column.as_str(), *word);
        }
    }

    #[test]
    fn a_header_is_found_below_titles_and_a_column_that_stands_there_twice_is_seen() {
        let rows = [
            row(1, &["DANH SÁCH CÔNG DÂN"]),
            row(2, &["STT", "Họ tên", "Năm sinh", "Ngày sinh"]),
            row(3, &["1", "A", "1990", ""]),
        ];
        let (header, lines) = Header::find(&rows).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!(header.repeated(), Some("Ngày sinh"));
        assert_eq!(header.cell(&rows[2].1, Column::Name).text(), "A");
        assert!(Header::find(&rows[..1]).is_none());
    }
}
