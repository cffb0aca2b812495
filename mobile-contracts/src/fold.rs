//! Search without diacritics, and Vietnamese order.
//!
//! [`fold`] promises that two spellings a Vietnamese reader would search for alike give the same text:
//! `phuoc dai` finds Phước Đại, `hòa` and `hoà` are one. Different places may fold alike (Thành Hải and
//! Thanh Hải), so a result is shown with its parent.
//!
//! [`vietnamese_sort_key`] promises the order of a Vietnamese dictionary: a ă â b c d đ e ê g h i k l m n o
//! ô ơ p q r s t u ư v x y, with f j w z in their Latin places, and only then the tones: ngang, huyền, hỏi,
//! ngã, sắc, nặng.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// Folds a text for searching: no diacritics, đ as d, lower case, space collapsed and trimmed.
///
/// Compatibility forms fold too (full-width digits become plain ones). Folding twice changes nothing.
/// Never used for what is stored or shown. The result is at most a few times as long as the text; the
/// caller bounds the text.
pub fn fold(text: &str) -> String {
    // Marks go first: the small İ would bring one back.
    let lower = without_diacritics(text).to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The same text in plain letters: no diacritics, đ as d; capitals and spaces stay as they are. For what
/// cannot carry marks, such as a text message of one part.
pub fn without_diacritics(text: &str) -> String {
    text.nfkd()
        .map(plain_d)
        .filter(|c| !is_combining_mark(*c))
        .collect()
}

/// Đ does not decompose, and three look-alikes of other alphabets are typed for it.
fn plain_d(c: char) -> char {
    match c {
        'Đ' | 'Ð' | 'Ɖ' => 'D',
        'đ' | 'ð' | 'ɖ' => 'd',
        other => other,
    }
}

/// The key by which a text is sorted: compare keys as bytes.
///
/// Letters decide first over the whole text, then the tones syllable by syllable, then capital letters
/// after small ones, and at last the spelling, so that different texts never tie. A run of digits is
/// compared as a number: Thôn 2 stands before Thôn 10. The key reveals the text; treat it alike.
pub fn vietnamese_sort_key(text: &str) -> Vec<u8> {
    let mut letters = Vec::new();
    let mut tones = Vec::new();
    let mut capitals = Vec::new();
    let composed: String = text.nfc().collect();

    for (position, word) in composed.split_whitespace().enumerate() {
        if position > 0 {
            letters.push(WORD_BREAK);
        }
        // One syllable has one tone, wherever it is written: hòa and hoà tie here.
        let mut tone = NGANG;
        let mut number = String::new();
        for c in word.chars() {
            if c.is_ascii_digit() {
                number.push(c);
                continue;
            }
            push_number(&mut letters, &mut number);
            let (weight, mark) = weigh(c);
            tone = tone.max(mark);
            if let Some(weight) = weight {
                letters.extend(weight);
                capitals.push(if c.is_uppercase() { 2 } else { 1 });
            }
        }
        push_number(&mut letters, &mut number);
        tones.push(tone);
    }

    let mut key = letters;
    for level in [&tones[..], &capitals[..], composed.as_bytes()] {
        key.push(LEVEL_END);
        key.extend(level);
    }
    key
}

/// Below every weight, so that a text stands before those that it begins.
const LEVEL_END: u8 = 0;
/// Below every letter, so that An Hải stands before Anh.
const WORD_BREAK: u8 = 1;
const PUNCTUATION: u8 = 2;
const NUMBER: u8 = 3;
const FIRST_LETTER: u8 = 16;
/// Letters of other alphabets, by code point after ours.
const OTHER: u8 = 255;

const NGANG: u8 = 1;
/// Combining marks of the tones in their order: huyền, hỏi, ngã, sắc, nặng.
const TONE_MARKS: [char; 5] = ['\u{300}', '\u{309}', '\u{303}', '\u{301}', '\u{323}'];

const ALPHABET: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// The first-level weight of one composed character, and the tone it carries.
fn weigh(c: char) -> (Option<Vec<u8>>, u8) {
    let mut tone = NGANG;
    let mut bare = String::new();
    for part in c.nfd() {
        match TONE_MARKS.iter().position(|mark| *mark == part) {
            Some(order) => tone = NGANG + 1 + order as u8,
            None => bare.push(part),
        }
    }
    if bare.is_empty() || canonical_combining_class(c) != 0 {
        return (None, tone);
    }
    let letter = match bare.nfc().next() {
        Some('Ð' | 'ð' | 'Ɖ' | 'ɖ') => 'đ',
        Some(first) => first.to_lowercase().next().unwrap_or(first),
        None => c,
    };
    let known = |letter: char| ALPHABET.chars().position(|a| a == letter);
    let weight = match known(letter).or_else(|| known(letter.nfd().next().unwrap_or(letter))) {
        Some(order) => vec![FIRST_LETTER + order as u8],
        None if !letter.is_alphanumeric() => vec![PUNCTUATION],
        None => {
            // One is added to each base-128 digit, so that no byte equals the end of a level.
            let point = u32::from(letter);
            vec![
                OTHER,
                1 + (point >> 14) as u8,
                1 + ((point >> 7) & 127) as u8,
                1 + (point & 127) as u8,
            ]
        }
    };
    (Some(weight), tone)
}

/// Writes a run of digits so that bytes compare as the numbers do: how long, then the digits.
fn push_number(letters: &mut Vec<u8>, number: &mut String) {
    if number.is_empty() {
        return;
    }
    let digits = number.trim_start_matches('0');
    letters.push(NUMBER);
    // Runs of more than 250 digits tie here and are told apart by their spelling.
    letters.push(1 + digits.len().min(250) as u8);
    letters.extend(digits.bytes());
    number.clear();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn in_order(texts: &[&str]) {
        for pair in texts.windows(2) {
            assert!(
                vietnamese_sort_key(pair[0]) < vietnamese_sort_key(pair[1]),
                "{} should stand before {}",
                pair[0],
                pair[1]
            );
        }
    }

    #[test]
    fn typing_without_marks_finds_phuoc_dai() {
        assert_eq!(fold("Phước Đại"), "phuoc dai");
        assert_eq!(fold("  PHƯỚC \u{a0} ĐẠI\n"), "phuoc dai");
        assert_eq!(
            fold("Phu\u{31b}o\u{31b}\u{301}c \u{d0}a\u{323}i"),
            "phuoc dai"
        );
    }

    #[test]
    fn every_vietnamese_letter_folds_to_a_latin_one() {
        let all = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ";
        for c in all.chars().chain(all.to_uppercase().chars()) {
            assert!(
                fold(&c.to_string()).bytes().all(|b| b.is_ascii_lowercase()),
                "{c}"
            );
        }
    }

    #[test]
    fn the_place_of_the_tone_mark_does_not_matter() {
        assert_eq!(fold("Hòa Sơn"), fold("Hoà Sơn"));
        assert_eq!(
            vietnamese_sort_key("hòa").split(|b| *b == LEVEL_END).nth(1),
            vietnamese_sort_key("hoà").split(|b| *b == LEVEL_END).nth(1)
        );
        in_order(&["hòa", "hoá", "hoạ"]);
    }

    #[test]
    fn full_width_letters_and_digits_fold_to_plain_ones() {
        assert_eq!(fold("Ｔｈôｎ １２"), "thon 12");
    }

    #[test]
    fn thanh_hai_and_its_neighbour_fold_alike() {
        assert_eq!(fold("Thành Hải"), fold("Thanh Hải"));
    }

    #[test]
    fn letters_stand_in_the_order_of_the_alphabet() {
        let letters: Vec<String> = ALPHABET.chars().map(String::from).collect();
        in_order(&letters.iter().map(String::as_str).collect::<Vec<_>>());
        in_order(&["da", "dy", "đa", "ea"]);
        in_order(&["an", "ăn", "ân", "ba"]);
        in_order(&["tu", "tư", "tv"]);
    }

    #[test]
    fn tones_come_after_letters_in_their_order() {
        in_order(&["ma", "mà", "mả", "mã", "má", "mạ", "mác", "mai"]);
        in_order(&["ân", "ần", "ẩn", "ẫn", "ấn", "ận"]);
        // The letters of the whole text weigh more than a tone at its beginning.
        in_order(&["Má An", "Ma Bình"]);
    }

    #[test]
    fn shorter_words_stand_before_longer_ones() {
        in_order(&["An", "An Hải", "Anh", "Anh Dũng"]);
        in_order(&["ạ", "a b", "ạ b"]);
    }

    #[test]
    fn letters_of_other_alphabets_stand_behind_ours_by_code_point() {
        in_order(&["z", "α", "я", "\u{4123}", "阮", "\u{20000}", "\u{20080}"]);
    }

    #[test]
    fn numbers_count_as_numbers() {
        in_order(&["Thôn 1", "Thôn 2", "Thôn 10", "Thôn 11A", "Thôn An"]);
        in_order(&["Khu phố 09", "Khu phố 10"]);
    }

    #[test]
    fn small_letters_stand_before_capitals_and_spelling_breaks_the_last_tie() {
        in_order(&["đoàn", "Đoàn"]);
        assert_ne!(vietnamese_sort_key("hòa"), vietnamese_sort_key("hoà"));
        assert_eq!(
            vietnamese_sort_key("Đại"),
            vietnamese_sort_key("Đa\u{323}i")
        );
    }

    #[test]
    fn no_character_needs_folding_twice() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "{c:?}");
            assert!(!once.nfd().any(is_combining_mark), "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in ".*") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folded_text_has_no_marks_and_no_stray_space(text in "[a-zA-ZÀ-ỹ \u{300}-\u{36f}]*") {
            let folded = fold(&text);
            prop_assert!(!folded.nfd().any(is_combining_mark));
            prop_assert_eq!(folded.trim(), &folded);
            prop_assert!(!folded.contains("  "));
        }

        #[test]
        fn composed_and_decomposed_texts_are_one(text in "[a-zA-ZÀ-ỹ ]{0,20}") {
            let nfd: String = text.nfd().collect();
            prop_assert_eq!(fold(&nfd), fold(&text));
            prop_assert_eq!(vietnamese_sort_key(&nfd), vietnamese_sort_key(&text));
        }

        #[test]
        fn equal_keys_mean_equal_texts(a in ".{0,6}", b in ".{0,6}") {
            let same = a.nfc().eq(b.nfc());
            prop_assert_eq!(vietnamese_sort_key(&a) == vietnamese_sort_key(&b), same);
        }

        #[test]
        fn a_text_never_stands_after_what_it_begins(text in "[a-zđăâêôơư ]{1,12}", more in "[a-zđ]{1,5}") {
            let longer = format!("{text}{more}");
            prop_assert!(vietnamese_sort_key(&text) < vietnamese_sort_key(&longer));
        }
    }
}
