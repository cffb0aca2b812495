//! A person's name, as printed on the card or typed by a volunteer.
//!
//! This module promises that a [`PersonName`] is one line of Latin letters in NFC, so that the same name
//! scanned and typed is the same text, that it carries no markup or control characters into a report, and
//! that `Debug` does not print it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::fold::vietnamese_sort_key;

/// The fewest characters of a name after normalising.
pub const NAME_CHARS_MIN: usize = 2;
/// The most characters of a name after normalising.
pub const NAME_CHARS_MAX: usize = 80;

/// Longer texts are refused unread. A character of a valid name takes at most 10 bytes: a decomposed
/// letter with two marks, and one mark that does not compose.
const NAME_BYTES_MAX: usize = 10 * NAME_CHARS_MAX;

/// A name of 2 to 80 characters: Latin letters with their marks, single spaces, `'`, `-` and `.`,
/// beginning with a letter. Capitals are kept as they came.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

impl PersonName {
    /// Reads a name. Space around it goes, space inside becomes single, decomposed letters are composed
    /// (NFC), curly apostrophes become plain ones, and Ð of Icelandic (or Ɖ) becomes Đ, which looks alike
    /// and sorts elsewhere.
    ///
    /// Letters of other scripts are refused, since many look like Latin ones; names on Vietnamese papers
    /// are in Latin letters, those of foreigners and of the Chăm and Raglai too.
    ///
    /// # Errors
    /// The first fault, see [`PersonNameError`]. An error never contains the name.
    pub fn parse(text: &str) -> Result<PersonName, PersonNameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PersonNameError::Empty);
        }
        if text.len() > NAME_BYTES_MAX {
            return Err(PersonNameError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(PersonNameError::ControlCharacter);
        }
        let composed: String = text.chars().map(mend_look_alike).nfc().collect();
        let words: Vec<&str> = composed.split_whitespace().collect();
        let name = words.join(" ");
        check_characters(&name)?;
        match name.chars().count() {
            0..NAME_CHARS_MIN => Err(PersonNameError::TooShort),
            NAME_CHARS_MIN..=NAME_CHARS_MAX => Ok(PersonName(name)),
            _ => Err(PersonNameError::TooLong),
        }
    }

    /// The name, for the places that encrypt it, and for a screen whose reader may see it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The last word, by which people are called and listed.
    pub fn given_name(&self) -> &str {
        self.split().1
    }

    /// The key by which lists of people are sorted: given name first, then family and middle names, each
    /// in Vietnamese order. It reveals the name; treat it alike.
    pub fn sort_key(&self) -> Vec<u8> {
        let (before, given) = self.split();
        let mut key = vietnamese_sort_key(given);
        key.push(0);
        key.extend(vietnamese_sort_key(before));
        key
    }

    fn split(&self) -> (&str, &str) {
        self.0.rsplit_once(' ').unwrap_or(("", &self.0))
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(***)")
    }
}

fn mend_look_alike(c: char) -> char {
    match c {
        'Ð' | 'Ɖ' => 'Đ',
        'ð' | 'ɖ' => 'đ',
        '\u{2019}' | '\u{2bc}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        other => other,
    }
}

fn check_characters(name: &str) -> Result<(), PersonNameError> {
    let mut previous = None;
    for c in name.chars() {
        let follows_letter = previous.is_some_and(is_latin_letter);
        let fits = match c {
            c if is_latin_letter(c) => true,
            ' ' | '\'' | '-' | '.' => previous.is_some(),
            // One mark that does not compose, as in Raglai and Ê-đê ơ̆; a pile of marks is a prank.
            c if is_combining_mark(c) => ('\u{300}'..='\u{36f}').contains(&c) && follows_letter,
            _ => false,
        };
        if !fits {
            return Err(if c.is_numeric() {
                PersonNameError::Digit
            } else {
                PersonNameError::Character
            });
        }
        previous = Some(c);
    }
    Ok(())
}

fn is_latin_letter(c: char) -> bool {
    c.is_alphabetic()
        && (c.is_ascii()
            || ('\u{c0}'..='\u{24f}').contains(&c)
            || ('\u{1e00}'..='\u{1eff}').contains(&c))
}

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonNameError {
    /// Nothing was entered.
    Empty,
    /// Fewer than [`NAME_CHARS_MIN`] characters.
    TooShort,
    /// More than [`NAME_CHARS_MAX`] characters.
    TooLong,
    /// A line break, Tab, NUL or another control character.
    ControlCharacter,
    /// A digit: something else was typed into the field.
    Digit,
    /// Markup, another punctuation mark, a letter of another script, or a mark without its letter.
    Character,
}

impl PersonNameError {
    /// A name that clients may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            PersonNameError::Empty => "NAME_EMPTY",
            PersonNameError::TooShort => "NAME_TOO_SHORT",
            PersonNameError::TooLong => "NAME_TOO_LONG",
            PersonNameError::ControlCharacter => "NAME_CONTROL_CHARACTER",
            PersonNameError::Digit => "NAME_DIGIT",
            PersonNameError::Character => "NAME_CHARACTER",
        }
    }

    /// What to tell the person who entered it, in Vietnamese.
    pub fn message(&self) -> &'static str {
        match self {
            PersonNameError::Empty => "Chưa nhập họ và tên.",
            PersonNameError::TooShort => "Họ và tên phải có ít nhất 2 ký tự.",
            PersonNameError::TooLong => "Họ và tên dài quá 80 ký tự.",
            PersonNameError::ControlCharacter => {
                "Họ và tên có ký tự xuống dòng hoặc ký tự ẩn. Hãy gõ lại."
            }
            PersonNameError::Digit => "Họ và tên không có chữ số.",
            PersonNameError::Character => {
                "Họ và tên chỉ gồm chữ cái, dấu cách, dấu nháy đơn, dấu gạch nối và dấu chấm."
            }
        }
    }

    /// The same in English.
    pub fn message_en(&self) -> &'static str {
        match self {
            PersonNameError::Empty => "No name was entered.",
            PersonNameError::TooShort => "A name has at least 2 characters.",
            PersonNameError::TooLong => "The name is longer than 80 characters.",
            PersonNameError::ControlCharacter => {
                "The name holds a line break or a hidden character. Type it again."
            }
            PersonNameError::Digit => "A name holds no digits.",
            PersonNameError::Character => {
                "A name is Latin letters, spaces, apostrophes, hyphens and dots only."
            }
        }
    }
}

impl fmt::Display for PersonNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_en())
    }
}

impl std::error::Error for PersonNameError {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    fn refusal(text: &str) -> PersonNameError {
        PersonName::parse(text).unwrap_err()
    }

    #[test]
    fn a_decomposed_name_with_stray_space_becomes_one_line_of_nfc() {
        let nfd: String = " Nguyễn  Thị\u{a0}Đẹp ".nfd().collect();
        assert_eq!(name(&nfd).expose(), "Nguyễn Thị Đẹp");
    }

    #[test]
    fn look_alikes_of_d_become_the_vietnamese_letter() {
        assert_eq!(name("\u{d0}ỗ Văn \u{f0}ông").expose(), "Đỗ Văn đông");
        assert_eq!(name("\u{189}ỗ A"), name("Đỗ A"));
    }

    #[test]
    fn names_of_the_highlands_are_names() {
        for text in [
            "Pi Năng Thị Y'Lan",
            "Chamaléa Thị Thủy",
            "Y Bhơ\u{306}",
            "Đàng Năng-Thọ",
            "J. Müller",
        ] {
            assert_eq!(name(text).expose(), text);
        }
        assert_eq!(name("H\u{2019}Hen Niê").expose(), "H'Hen Niê");
    }

    #[test]
    fn each_fault_is_told_by_its_own_name() {
        assert_eq!(refusal(" \t"), PersonNameError::Empty);
        assert_eq!(refusal("A"), PersonNameError::TooShort);
        assert_eq!(refusal(&"a".repeat(81)), PersonNameError::TooLong);
        assert_eq!(refusal(&"a".repeat(1_000_000)), PersonNameError::TooLong);
        for text in ["Nguyễn\nA", "Nguyễn\0A", "Nguyễn\tA", "Nguyễn\u{85}A"] {
            assert_eq!(refusal(text), PersonNameError::ControlCharacter, "{text:?}");
        }
        for text in ["Nguyễn Văn 1", "0912345678", "Nguyễn Văn ２"] {
            assert_eq!(refusal(text), PersonNameError::Digit, "{text}");
        }
        for text in [
            "<b>Nguyễn</b>",
            "Nguyễn & A",
            "-Nguyễn A",
            "'); drop",
            "=SUM(A)",
            "Nguyễn\u{200b}A",
            "Nguyễn \u{202e}A",
            "Аnna",
            "阮文",
            "Z\u{300}\u{301}\u{302}\u{303}algo",
            "A \u{301}B",
            "🙂🙂",
        ] {
            assert_eq!(refusal(text), PersonNameError::Character, "{text}");
        }
    }

    #[test]
    fn the_longest_name_fits_however_it_is_encoded() {
        let longest: String = "ế".repeat(80).nfd().collect();
        assert_eq!(name(&longest).expose(), "ế".repeat(80));
    }

    #[test]
    fn people_are_listed_by_given_name_then_family_name() {
        let mut people = [
            "Trần Văn Ân",
            "Nguyễn Văn An",
            "Đỗ Thị Bình",
            "Dương Thị Bình",
            "Lê An",
            "Phạm Thị Án",
        ]
        .map(name);
        people.sort_by_key(PersonName::sort_key);
        let listed = people.each_ref().map(PersonName::expose);
        assert_eq!(
            listed,
            [
                "Lê An",
                "Nguyễn Văn An",
                "Phạm Thị Án",
                "Trần Văn Ân",
                "Dương Thị Bình",
                "Đỗ Thị Bình"
            ]
        );
        assert_eq!(name("Nguyễn Văn An").given_name(), "An");
        assert_eq!(name("Niê").given_name(), "Niê");
    }

    #[test]
    fn debug_does_not_print_the_name() {
        assert_eq!(format!("{:?}", name("Nguyễn Văn An")), "PersonName(***)");
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic_and_what_passes_is_stable(text in ".*|[A-Za-zÀ-ỹĐðÐ '.\u{300}-\u{36f}-]{0,90}") {
            if let Ok(name) = PersonName::parse(&text) {
                let count = name.expose().chars().count();
                prop_assert!((NAME_CHARS_MIN..=NAME_CHARS_MAX).contains(&count));
                prop_assert_eq!(PersonName::parse(name.expose()), Ok(name));
            }
        }

        #[test]
        fn one_bad_character_anywhere_is_enough(before in "[A-Za-zđ]{1,10}", bad in "[0-9<>&;=\"\\\\\0\r\n|@_]", after in "[A-Za-zđ]{1,10}") {
            let text = format!("{before}{bad}{after}");
            prop_assert!(PersonName::parse(&text).is_err());
        }

        #[test]
        fn scanned_and_typed_spellings_are_one_name(text in "[A-ZĐ][a-zđàáảãạêếềểễệơớờởỡợ]{1,6}( [A-ZĐ][a-zưứừửữự]{1,6}){0,4}") {
            let nfd: String = text.nfd().collect();
            prop_assert_eq!(name(&nfd), name(&text));
        }
    }
}
