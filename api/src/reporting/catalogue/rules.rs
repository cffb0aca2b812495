//! What is wrong with an indicator as somebody writes it. Pure.

use chrono::Datelike as _;
use mobile_contracts::reporting_catalogue::{Measure, SetIndicatorOwner, WriteIndicator};

use crate::http::failure::FieldError;
use crate::reporting::indicators::rules::Catalogue;

/// The sections of the report that tell indicators.
pub const SECTIONS: [&str; 9] = [
    "I.2", "II.1", "II.2", "II.3", "II.4", "II.5", "III.2", "V.5", "V.7",
];
/// Longest code.
const CODE_CHARS_MAX: usize = 60;
/// Most parts of a code.
const CODE_PARTS_MAX: usize = 4;
/// More indicators above one another than a report tells.
const DEPTH_MAX: usize = 4;
const YEARS: std::ops::RangeInclusive<i32> = 2020..=2100;

/// Lower case, at most four parts divided by dots.
pub fn is_code(code: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let parts: Vec<&str> = code.split('.').collect();
    (1..=CODE_CHARS_MAX).contains(&code.len())
        && parts.len() <= CODE_PARTS_MAX
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(is_letter))
}

struct Judge<'a> {
    code: &'a str,
    new: &'a WriteIndicator,
    catalogue: &'a Catalogue,
    faults: Vec<FieldError>,
}

/// Everything that is wrong with it, beside what stands in the catalogue.
pub fn judge(code: &str, new: &WriteIndicator, catalogue: &Catalogue) -> Vec<FieldError> {
    let mut judge = Judge {
        code,
        new,
        catalogue,
        faults: Vec::new(),
    };
    judge.words();
    judge.references();
    judge.meaning();
    judge.retirement();
    judge.faults
}

impl Judge<'_> {
    fn fault(
        &mut self,
        pointer: &'static str,
        code: &'static str,
        vi: impl Into<String>,
        en: impl Into<String>,
    ) {
        self.faults
            .push(FieldError::new(pointer, code, vi.into(), en.into()));
    }

    fn words(&mut self) {
        let new = self.new;
        let lengths = [
            ("/name", &new.name, 1, 200),
            ("/counted_in", &new.counted_in, 1, 40),
            ("/reason", &new.reason, 5, 300),
        ];
        for (pointer, words, least, most) in lengths {
            if !fits(words, least, most) {
                self.fault(
                    pointer,
                    "LENGTH",
                    format!("Từ {least} đến {most} ký tự, trên một dòng."),
                    format!("{least} to {most} characters, on one line."),
                );
            }
        }
        if !SECTIONS.contains(&new.section.as_str()) {
            let all = SECTIONS.join(", ");
            self.fault(
                "/section",
                "ONE_OF",
                format!("Chọn một trong: {all}."),
                format!("One of: {all}."),
            );
        }
    }

    fn references(&mut self) {
        let new = self.new;
        let named = [
            ("/parent_code", &new.parent_code),
            ("/denominator_code", &new.denominator_code),
            ("/same_as_code", &new.same_as_code),
            ("/after_code", &new.after_code),
        ];
        for (pointer, name) in named {
            let Some(name) = name else { continue };
            let known = self.catalogue.get(name);
            let stands = known.is_some_and(|own| own.retired_on.is_none());
            if name == self.code || known.is_none() || (!stands && pointer != "/after_code") {
                self.fault(
                    pointer,
                    "UNKNOWN",
                    "Ghi mã của một chỉ tiêu khác đang dùng; danh mục ở GET /indicators.",
                    "Give the code of another indicator that is in use; see GET /indicators.",
                );
            }
        }
        if self.is_below_itself() {
            self.fault(
                "/parent_code",
                "CIRCLE",
                "Chỉ tiêu không nằm dưới chính nó, và tối đa bốn cấp.",
                "An indicator does not stand below itself, and at most four levels deep.",
            );
        }
    }

    fn is_below_itself(&self) -> bool {
        let mut above = self.new.parent_code.as_deref();
        for _ in 0..DEPTH_MAX {
            match above {
                None => return false,
                // Named by itself it is told as unknown.
                Some(code) if code == self.code => return self.new.parent_code.as_deref() != above,
                Some(code) => {
                    let parent = self.catalogue.get(code);
                    above = parent.and_then(|own| own.parent_code.as_deref());
                }
            }
        }
        above.is_some()
    }

    fn meaning(&mut self) {
        let new = self.new;
        let is_count = new.measure == Measure::Count;
        if new.is_part && (new.parent_code.is_none() || !is_count) {
            self.fault(
                "/is_part",
                "PART",
                "Chỉ số đếm có chỉ tiêu cấp trên mới cộng vào tổng.",
                "Only a count with a parent is added up in it.",
            );
        }
        let has_more =
            new.role.is_some() || new.needs_denominator || new.denominator_code.is_some();
        if has_more && !is_count {
            self.fault(
                "/measure",
                "COUNT",
                "Chỉ số đếm mới có mẫu số, hoặc là hồ sơ tiếp nhận, giải quyết.",
                "Only a count has a denominator, or counts dossiers.",
            );
        }
    }

    fn retirement(&mut self) {
        let Some(on) = self.new.retired_on else {
            return;
        };
        if !YEARS.contains(&on.year()) {
            self.fault(
                "/retired_on",
                "RANGE",
                "Ngày phải từ năm 2020 đến năm 2100.",
                "The day must be within 2020 to 2100.",
            );
        }
        let code = Some(self.code);
        let needing = self.catalogue.indicators.iter().filter(|own| {
            let names = [&own.parent_code, &own.denominator_code, &own.same_as_code];
            own.retired_on.is_none() && names.iter().any(|name| name.as_deref() == code)
        });
        let needing: Vec<&str> = needing.map(|own| own.code.as_str()).take(5).collect();
        if !needing.is_empty() {
            let needing = needing.join(", ");
            self.fault(
                "/retired_on",
                "IN_USE",
                format!("Các chỉ tiêu khác còn dựa vào chỉ tiêu này: {needing}."),
                format!("Other indicators stand on it: {needing}."),
            );
        }
    }
}

/// What is wrong with an owner.
pub fn judge_owner(new: &SetIndicatorOwner) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !fits(&new.owner, 1, 200) {
        faults.push(FieldError::new(
            "/owner",
            "LENGTH",
            "Ghi tên cơ quan, từ 1 đến 200 ký tự, trên một dòng.",
            "Name the department in 1 to 200 characters, on one line.",
        ));
    }
    if !YEARS.contains(&new.valid_from.year()) {
        faults.push(FieldError::new(
            "/valid_from",
            "RANGE",
            "Ngày phải từ năm 2020 đến năm 2100.",
            "The day must be within 2020 to 2100.",
        ));
    }
    faults
}

fn fits(words: &str, least: usize, most: usize) -> bool {
    let words = words.trim();
    (least..=most).contains(&words.chars().count()) && !words.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reporting::indicators::store::IndicatorRow;

    fn indicator(code: &str, parent: Option<&str>) -> IndicatorRow {
        IndicatorRow {
            code: code.to_owned(),
            name: code.to_owned(),
            parent_code: parent.map(ToOwned::to_owned),
            is_part: false,
            counted_in: "hồ sơ".to_owned(),
            section: "II.1".to_owned(),
            measure: "count".to_owned(),
            role: None,
            denominator_code: None,
            needs_denominator: false,
            same_as_code: None,
            fed_by: None,
            revision: 1,
            retired_on: None,
        }
    }

    fn new() -> WriteIndicator {
        WriteIndicator {
            revision: 0,
            name: "Trích lục hộ tịch".to_owned(),
            parent_code: None,
            is_part: false,
            counted_in: "hồ sơ".to_owned(),
            section: "II.1".to_owned(),
            measure: Measure::Count,
            role: None,
            denominator_code: None,
            needs_denominator: false,
            same_as_code: None,
            after_code: None,
            retired_on: None,
            reason: "Bổ sung".to_owned(),
        }
    }

    fn catalogue() -> Catalogue {
        Catalogue {
            indicators: vec![
                indicator("a", None),
                indicator("a.b", Some("a")),
                indicator("a.b.c", Some("a.b")),
            ],
            owners: Vec::new(),
        }
    }

    fn faults(code: &str, new: &WriteIndicator) -> Vec<String> {
        let faults = judge(code, new, &catalogue()).into_iter();
        faults
            .map(|fault| format!("{} {}", fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn codes_are_lower_case_parts_divided_by_dots() {
        for code in ["a", "dvc25.thuong_tru", "a.b.c.d"] {
            assert!(is_code(code), "{code}");
        }
        for code in [
            "",
            "A",
            "a..b",
            "a.",
            "a.b.c.d.e",
            "é",
            "a b",
            &"a".repeat(61),
        ] {
            assert!(!is_code(code), "{code}");
        }
    }

    #[test]
    fn what_stands_on_nothing_or_below_itself_is_told() {
        assert_eq!(faults("d", &new()), [""; 0]);
        let part = WriteIndicator {
            is_part: true,
            ..new()
        };
        assert_eq!(faults("d", &part), ["/is_part PART"]);
        let with_parent = |parent: &str| WriteIndicator {
            parent_code: Some(parent.to_owned()),
            ..new()
        };
        assert_eq!(faults("d", &with_parent("x")), ["/parent_code UNKNOWN"]);
        assert_eq!(faults("a", &with_parent("a")), ["/parent_code UNKNOWN"]);
        assert_eq!(faults("a", &with_parent("a.b.c")), ["/parent_code CIRCLE"]);
        assert_eq!(faults("a.b.c.d", &with_parent("a.b.c")), [""; 0]);
        let rate = WriteIndicator {
            measure: Measure::Rate,
            needs_denominator: true,
            ..new()
        };
        assert_eq!(faults("d", &rate), ["/measure COUNT"]);
        let elsewhere = WriteIndicator {
            section: "IX".to_owned(),
            name: " ".to_owned(),
            ..new()
        };
        assert_eq!(faults("d", &elsewhere), ["/name LENGTH", "/section ONE_OF"]);
    }

    #[test]
    fn nothing_is_retired_while_others_stand_on_it() {
        let retired = WriteIndicator {
            retired_on: Some("2026-12-01".parse().unwrap()),
            ..new()
        };
        assert_eq!(faults("a", &retired), ["/retired_on IN_USE"]);
        let leaf = WriteIndicator {
            parent_code: Some("a.b".to_owned()),
            ..retired
        };
        assert_eq!(faults("a.b.c", &leaf), [""; 0]);
    }
}
