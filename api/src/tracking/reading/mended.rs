//! JSON that is written like JSON and means nothing that can be kept: half of a character (an app cut a word in
//! the middle of a picture), a number beyond all numbers, lists within lists without end. A phone would wait
//! for ever for an answer about it, so its id is found, and its words are kept for a person.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// What can be said of a part that is JSON by its form and cannot be read: with signs in the place of what is
/// none, or as a text beside its id.
pub fn read(raw: &str) -> Value {
    let text = mend(raw);
    serde_json::from_str(&text).unwrap_or_else(|_| head(&text))
}

fn head(text: &str) -> Value {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Head<'a> {
        #[serde(borrow)]
        op_id: Option<&'a RawValue>,
        #[serde(borrow)]
        kind: Option<&'a RawValue>,
        #[serde(borrow)]
        seq: Option<&'a RawValue>,
    }
    let head: Head<'_> = serde_json::from_str(text).unwrap_or_default();
    let read = |part: Option<&RawValue>| {
        let value = part.and_then(|part| serde_json::from_str::<Value>(part.get()).ok());
        value.unwrap_or_default()
    };
    json!({
        "op_id": read(head.op_id), "kind": read(head.kind), "seq": read(head.seq), "unreadable": text,
    })
}

/// The same text with U+FFFD for each half of a character, and words for numbers that are too large.
fn mend(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string(rest, &mut out),
            '-' | '0'..='9' => number(rest, &mut out),
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// Copies one string with its quotes, and gives how long it was.
fn string(text: &str, out: &mut String) -> usize {
    let mut at = 1;
    out.push('"');
    while let Some(next) = text[at..].chars().next() {
        if next != '\\' {
            out.push(next);
            at += next.len_utf8();
            if next == '"' {
                break;
            }
            continue;
        }
        let unit = code_unit(&text[at..]);
        let length = match unit {
            Some(0xD800..=0xDBFF)
                if matches!(code_unit(&text[at + 6..]), Some(0xDC00..=0xDFFF)) =>
            {
                12
            }
            Some(_) => 6,
            None => 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
        match unit {
            Some(0xD800..=0xDFFF) if length == 6 => out.push('\u{FFFD}'),
            _ => out.push_str(&text[at..at + length]),
        }
        at += length;
    }
    at
}

/// What `\uXXXX` at the beginning stands for.
fn code_unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// Copies one number, and gives how long it was.
fn number(text: &str, out: &mut String) -> usize {
    let is_part = |c: char| matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let digits = &text[..length];
    match digits.parse::<f64>() {
        Ok(number) if number.is_finite() => out.push_str(digits),
        _ => *out += &format!("\"{digits}\""),
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_read_is_mended() {
        for (before, after) in [
            (r#"{"a":"x\ud83d"}"#, r#"{"a":"x�"}"#),
            (r#"{"a":"\ude00\ud83d\ude00"}"#, r#"{"a":"�\ud83d\ude00"}"#),
            (r#"{"\ud83dA":1}"#, r#"{"�A":1}"#),
            (r#"{"a":"\\ud83d \" 1e999"}"#, r#"{"a":"\\ud83d \" 1e999"}"#),
            (
                r#"{"a":[1e999,-1E400,1e3,12]}"#,
                r#"{"a":["1e999","-1E400",1e3,12]}"#,
            ),
            (r#"{"a":"thôn \ud83dô"}"#, r#"{"a":"thôn �ô"}"#),
        ] {
            assert_eq!(mend(before), after);
            serde_json::from_str::<Value>(after).unwrap();
        }
    }

    #[test]
    fn what_nests_without_end_still_tells_its_id() {
        let deep = format!(
            r#"{{"deep":{}{},"op_id":"0199f3a1-0000-7000-8000-000000000001","seq":7}}"#,
            "[".repeat(500),
            "]".repeat(500)
        );
        let value = read(&deep);
        assert_eq!(value["op_id"], "0199f3a1-0000-7000-8000-000000000001");
        assert_eq!(value["seq"], 7);
        assert_eq!(value["unreadable"], deep);
    }
}
