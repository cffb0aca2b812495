//! A text message of one part: at most 160 characters that every phone shows, whatever its text.
//!
//! Longer ones, and those with diacritics (70 characters a part), are cut in parts, cost as many
//! times more, and arrive in any order.

use mobile_contracts::fold::without_diacritics;

/// Characters of the GSM alphabet (3GPP TS 23.038, 7 bit) that one part holds.
pub const SMS_CHARS_MAX: usize = 160;

/// Words that officials shorten so themselves, used only where the whole name does not fit.
const SHORTER: [(&str, &str); 8] = [
    ("Trung tam Phuc vu hanh chinh cong", "TT PVHCC"),
    (
        "Phong Canh sat quan ly hanh chinh ve trat tu xa hoi",
        "Phong QLHC",
    ),
    ("Canh sat quan ly hanh chinh", "CS QLHC"),
    ("Uy ban nhan dan", "UBND"),
    ("Diem tiep nhan", "Diem TN"),
    ("Trung tam", "TT"),
    ("Cong an", "CA"),
    ("Nha van hoa", "NVH"),
];

/// A text of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms(String);

impl Sms {
    /// `before`, a name, `after`. The name alone is shortened to make it fit; what stands before it
    /// (the code, the time) is never touched.
    pub fn fit(before: &str, name: &str, after: &str) -> Self {
        let (before, after) = (plain(before), plain(after));
        let room = SMS_CHARS_MAX.saturating_sub(before.len() + after.len());
        let mut text = format!("{before}{}{after}", shorten(&plain(name), room));
        // All of it is ASCII: no character is cut in two.
        text.truncate(SMS_CHARS_MAX);
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without diacritics, and of the plain characters that count once in the GSM alphabet.
fn plain(text: &str) -> String {
    without_diacritics(text)
        .chars()
        .map(|c| match c {
            '‐'..='―' | '−' => '-',
            '‘' | '’' | '`' => '\'',
            '“' | '”' | '„' | '«' | '»' => '"',
            '[' | '{' => '(',
            ']' | '}' => ')',
            // In the alphabet's extension, where each counts twice.
            '\\' | '^' | '~' | '|' => ' ',
            ' '..='\u{7e}' => c,
            _ => ' ',
        })
        .collect()
}

/// A name in at most `room` characters: whole, with its long words shortened, or cut between words.
fn shorten(name: &str, room: usize) -> String {
    const CUT: &str = "..";
    let mut name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    for (long, short) in SHORTER {
        if name.len() <= room {
            return name;
        }
        name = name.replace(long, short);
    }
    if name.len() <= room {
        return name;
    }
    name.truncate(room.saturating_sub(CUT.len()));
    if let Some((words, _)) = name.rsplit_once(' ') {
        name.truncate(words.len());
    }
    name.truncate(name.trim_end_matches([' ', ',', '-']).len());
    name + &CUT[..room.min(CUT.len())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_shortened_as_officials_do_then_between_words() {
        let name = plain("Trung tâm Phục vụ hành chính công phường Phan Rang");
        assert_eq!(shorten(&name, 60), name);
        assert_eq!(shorten(&name, 30), "TT PVHCC phuong Phan Rang");
        assert_eq!(shorten(&name, 20), "TT PVHCC phuong..");
        assert_eq!(shorten(&name, 3), "T..");
        assert_eq!(shorten(&name, 0), "");
    }

    proptest! {
        #[test]
        fn whatever_comes_in_one_part_of_plain_characters_goes_out(
            before in ".{0,80}", name in ".{0,300}", after in ".{0,200}",
        ) {
            let sms = Sms::fit(&before, &name, &after);
            prop_assert!(sms.as_str().len() <= SMS_CHARS_MAX);
            let strange = |c: char| !(' '..='\u{7e}').contains(&c) || "[]{}\\^~|`".contains(c);
            prop_assert!(!sms.as_str().contains(strange), "{}", sms.as_str());
        }

        #[test]
        fn what_stands_before_the_name_is_never_touched(
            before in "[a-zA-Z0-9 :/]{0,90}", name in ".{0,300}", after in "[a-zA-Z0-9 :/]{0,60}",
        ) {
            let sms = Sms::fit(&before, &name, &after);
            prop_assert!(sms.as_str().starts_with(&before));
            prop_assert!(sms.as_str().ends_with(&after));
        }
    }
}
