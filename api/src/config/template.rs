//! A text with named gaps, such as `{"to":"{phone}","text":"{text}"}`.

use std::fmt::Write as _;

/// How what is filled in must be written, so that it cannot end the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// Inside a JSON string.
    Json,
    /// A value of `application/x-www-form-urlencoded`.
    Form,
    /// As it is.
    None,
}

/// A template whose every gap has a known name.
#[derive(Debug, Clone)]
pub struct Template {
    parts: Vec<Part>,
    escaping: Escaping,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Gap(&'static str),
}

impl Template {
    /// Reads a template. A gap is a word of small letters between braces; other braces are text.
    ///
    /// # Errors
    /// Which gap is not among the known.
    pub fn parse(
        text: &str,
        known: &[&'static str],
        escaping: Escaping,
    ) -> Result<Self, UnknownGap> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            plain.push_str(before);
            let word = after.split_once('}').map(|(word, _)| word);
            let is_gap =
                |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
            let Some(word) = word.filter(is_gap) else {
                plain.push('{');
                rest = after;
                continue;
            };
            let name = known.iter().find(|name| **name == word);
            let name = name.ok_or_else(|| UnknownGap(word.to_owned()))?;
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(Part::Gap(name));
            rest = &after[word.len() + 1..];
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        Ok(Self { parts, escaping })
    }

    /// Whether it has this gap.
    pub fn has(&self, name: &str) -> bool {
        let is_it = |part: &Part| matches!(part, Part::Gap(gap) if *gap == name);
        self.parts.iter().any(is_it)
    }

    /// The text with its gaps filled.
    pub fn fill<'a>(&self, value: impl Fn(&'static str) -> &'a str) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Gap(name) => self.escape(value(name), &mut text),
            }
        }
        text
    }

    /// The media type of what is filled.
    pub fn content_type(&self) -> &'static str {
        match self.escaping {
            Escaping::Json => "application/json",
            Escaping::Form => "application/x-www-form-urlencoded",
            Escaping::None => "text/plain; charset=utf-8",
        }
    }

    fn escape(&self, value: &str, text: &mut String) {
        match self.escaping {
            Escaping::None => text.push_str(value),
            Escaping::Form => text.extend(form_urlencoded::byte_serialize(value.as_bytes())),
            Escaping::Json => {
                for c in value.chars() {
                    match c {
                        '"' => text.push_str("\\\""),
                        '\\' => text.push_str("\\\\"),
                        '\n' => text.push_str("\\n"),
                        c if c.is_control() => {
                            let _ = write!(text, "\\u{:04x}", u32::from(c));
                        }
                        c => text.push(c),
                    }
                }
            }
        }
    }
}

/// A gap that nobody fills.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownGap(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["phone", "text"];

    #[test]
    fn what_is_filled_in_cannot_end_the_text_around_it() {
        let value = |name| match name {
            "phone" => "+84912345678",
            _ => "a \"b\"\\\n\u{1}c&d=đ",
        };
        let json = Template::parse(
            r#"{"to":"{phone}","in":{"text":"{text}"}}"#,
            KNOWN,
            Escaping::Json,
        );
        let filled = json.unwrap().fill(value);
        let read: serde_json::Value = serde_json::from_str(&filled).unwrap();
        assert_eq!(read["in"]["text"], value("text"));
        let form = Template::parse("to={phone}&text={text}", KNOWN, Escaping::Form).unwrap();
        let filled = form.fill(value);
        let read: Vec<(String, String)> = serde_urlencoded::from_str(&filled).unwrap();
        assert_eq!(read[0].1, "+84912345678");
        assert_eq!(read[1].1, value("text"));
        let plain = Template::parse("{phone}@gateway.example", KNOWN, Escaping::None).unwrap();
        assert_eq!(plain.fill(value), "+84912345678@gateway.example");
        assert!(plain.has("phone") && !plain.has("text"));
    }

    #[test]
    fn a_gap_that_nobody_fills_is_named_and_other_braces_are_text() {
        let wrong = Template::parse("{phnoe}", KNOWN, Escaping::None);
        assert_eq!(wrong.unwrap_err(), UnknownGap("phnoe".to_owned()));
        let text = "{} {A} {{x {";
        let read = Template::parse(text, KNOWN, Escaping::None).unwrap();
        assert_eq!(read.fill(|_| ""), text);
    }
}
