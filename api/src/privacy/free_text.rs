//! What people write freely: an ID number has no place in it, and somebody's name or phone can be looked for.

use mobile_contracts::fold::fold;

/// What stands for words that are gone.
pub const GONE: &str = "***";

/// The digits of an ID number.
pub const ID_DIGITS: usize = 12;

/// Replaces each run of twelve digits or more, however it is spaced.
pub fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    let mut digits = 0;
    let flush = |run: &mut String, digits: &mut usize, out: &mut String| {
        if *digits >= ID_DIGITS {
            out.push_str(GONE);
        } else {
            out.push_str(run);
        }
        run.clear();
        *digits = 0;
    };
    for c in text.chars() {
        let is_digit = c.is_numeric();
        if is_digit || (digits > 0 && matches!(c, ' ' | '.' | '-')) {
            digits += usize::from(is_digit);
            run.push(c);
        } else {
            flush(&mut run, &mut digits, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut digits, &mut out);
    out
}

/// What somebody typed as a reason, as it may be kept: no blanks around it, and no ID number in it.
pub fn masked(typed: &str) -> String {
    mask(typed.trim())
}

/// Somebody's names and phones as people write them: with or without marks, digits in any groups.
#[derive(Debug)]
pub struct Named {
    names: Vec<String>,
    phones: Vec<String>,
}

/// The last digits of a phone, without +84 or 0.
const PHONE_DIGITS: usize = 9;

impl Named {
    pub fn new(words: &[String]) -> Self {
        let phones = words.iter().filter(|word| word.starts_with('+'));
        let names = words.iter().filter(|word| !word.starts_with('+'));
        Self {
            // A name of one word is every other sentence.
            names: names
                .map(|name| fold(name))
                .filter(|name| name.contains(' '))
                .collect(),
            phones: phones
                .map(|phone| digits(phone))
                .map(|digits| digits[digits.len().saturating_sub(PHONE_DIGITS)..].to_owned())
                .filter(|digits| digits.len() == PHONE_DIGITS)
                .collect(),
        }
    }

    /// Whether somebody wrote of them.
    pub fn is_in(&self, text: &str) -> bool {
        let (folded, digits) = (fold(text), digits(text));
        self.names.iter().any(|name| folded.contains(name.as_str()))
            || self
                .phones
                .iter()
                .any(|phone| digits.contains(phone.as_str()))
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_do_not_stay_in_words_and_short_ones_do() {
        for (before, after) in [
            ("số 058190000001 nhé", "số ***nhé"),
            ("058 190 000 001", "***"),
            ("０５８１９００００００１", "***"),
            ("gọi 0912345678", "gọi 0912345678"),
            ("thôn 12, tổ 3", "thôn 12, tổ 3"),
        ] {
            assert_eq!(mask(before), after);
        }
    }

    #[test]
    fn a_name_and_a_phone_are_found_however_they_are_written() {
        let words = ["Katơr Thị Thử".to_owned(), "+84912345678".to_owned()];
        let named = Named::new(&words);
        for text in [
            "gặp KATOR THI THU ở chợ",
            "chị Katơr Thị Thử vắng nhà",
            "gọi 0912.345.678",
            "số +84 912 345 678",
        ] {
            assert!(named.is_in(text), "{text}");
        }
        for text in ["gặp chị Thử", "phát 912 tờ rơi", ""] {
            assert!(!named.is_in(text), "{text}");
        }
    }
}
