//! Reads one setting after the other, by its kind, and remembers what was found and what was wrong.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::privacy::keys::MasterKey;
use crate::retention::rules::Schedule;

/// One setting as `api config` shows it.
#[derive(Debug, Clone)]
pub struct Setting {
    pub name: &'static str,
    pub value: Option<String>,
    pub default: &'static str,
    pub meaning: &'static str,
    pub secret: bool,
}

/// Reads settings and remembers each with its meaning, and each mistake.
pub(super) struct Reader<F> {
    lookup: F,
    settings: Vec<Setting>,
    pub(super) mistakes: Vec<String>,
}

impl<F: Fn(&'static str) -> Option<String>> Reader<F> {
    pub(super) fn new(lookup: F) -> Self {
        Self {
            lookup,
            settings: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<Setting>, Vec<String>) {
        (self.settings, self.mistakes)
    }

    pub(super) fn raw(
        &mut self,
        name: &'static str,
        default: &'static str,
        meaning: &'static str,
        secret: bool,
    ) -> Option<String> {
        let value = (self.lookup)(name).filter(|value| !value.is_empty());
        self.settings.push(Setting {
            name,
            value: value.clone(),
            default,
            meaning,
            secret,
        });
        value
    }

    pub(super) fn text(
        &mut self,
        name: &'static str,
        default: &'static str,
        meaning: &'static str,
    ) -> String {
        self.raw(name, default, meaning, false)
            .unwrap_or_else(|| default.to_owned())
    }

    /// Something that people read on a small screen, or nothing.
    pub(super) fn short_text(
        &mut self,
        name: &'static str,
        meaning: &'static str,
    ) -> Option<String> {
        const CHARS_MAX: usize = 200;
        let text = self.raw(name, "", meaning, false)?;
        if text.chars().count() > CHARS_MAX {
            self.mistakes.push(format!(
                "{name} is longer than {CHARS_MAX} characters: {meaning}"
            ));
        }
        Some(text)
    }

    /// How long records are kept where that differs from the usual.
    pub(super) fn retention(&mut self) -> Schedule {
        const NAME: &str = "TO06_RETENTION";
        const MEANING: &str = "how many days records are kept, as kind=days,kind=days; GET /api/v1/retention lists the kinds with what is usual";
        let text = self.raw(NAME, "", MEANING, false).unwrap_or_default();
        Schedule::parse(&text).unwrap_or_else(|why| {
            self.mistakes.push(format!("{NAME}: {why}"));
            Schedule::default()
        })
    }

    /// Where pages are read that stand for those of the program.
    pub(super) fn pages_dir(&mut self, production: bool) -> Option<PathBuf> {
        const NAME: &str = "TO06_PAGES_DIR";
        let folder = self.path(
            NAME,
            "a folder of built pages (web/dist) that stand for those of the program, for whoever works on them; never in production",
        );
        if production && folder.is_some() {
            self.mistakes.push(format!(
                "{NAME} must not be set in production: pages are part of the program"
            ));
        }
        folder
    }

    pub(super) fn path(&mut self, name: &'static str, meaning: &'static str) -> Option<PathBuf> {
        self.raw(name, "", meaning, false).map(PathBuf::from)
    }

    pub(super) fn secret(
        &mut self,
        name: &'static str,
        meaning: &'static str,
        required: bool,
    ) -> Option<String> {
        let value = self.raw(name, "", meaning, true);
        if required && value.is_none() {
            self.mistakes
                .push(format!("{name} must be set in production: {meaning}"));
        }
        value
    }

    /// Remembers a mistake, in place of the value that it leaves missing.
    pub(super) fn mistake<T>(&mut self, mistake: String) -> Option<T> {
        self.mistakes.push(mistake);
        None
    }

    pub(super) fn parse<T>(
        &mut self,
        name: &'static str,
        default: &'static str,
        meaning: &'static str,
    ) -> T
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let text = self.text(name, default, meaning);
        text.parse().unwrap_or_else(|why| {
            self.mistakes
                .push(format!("{name}={text:?} cannot be read ({why}): {meaning}"));
            match default.parse() {
                Ok(value) => value,
                Err(_) => unreachable!("the default of {name} is readable"),
            }
        })
    }

    pub(super) fn at_least(
        &mut self,
        name: &'static str,
        default: &'static str,
        meaning: &'static str,
        least: u32,
    ) -> u32 {
        let value: u32 = self.parse(name, default, meaning);
        if value < least {
            self.mistakes
                .push(format!("{name}={value} is below {least}: {meaning}"));
        }
        value
    }

    pub(super) fn list<T: std::str::FromStr>(
        &mut self,
        name: &'static str,
        default: &'static str,
        meaning: &'static str,
    ) -> Vec<T> {
        let text = self.text(name, default, meaning);
        let mut values = Vec::new();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            match part.parse() {
                Ok(value) => values.push(value),
                Err(_) => self
                    .mistakes
                    .push(format!("{name}: {part:?} cannot be read: {meaning}")),
            }
        }
        values
    }

    pub(super) fn one_of<T: Copy>(
        &mut self,
        name: &'static str,
        default: &'static str,
        meaning: &'static str,
        choices: &[(&str, T)],
    ) -> T {
        let text = self.text(name, default, meaning);
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.mistakes.push(format!(
            "{name}={text:?} must be one of {}",
            words.join(", ")
        ));
        choices[0].1
    }

    /// `TO06_MASTER_KEYS`: `id:base64 of 32 bytes`, comma-separated, the current one first.
    pub(super) fn master_keys(&mut self, required: bool) -> Option<Vec<MasterKey>> {
        const NAME: &str = "TO06_MASTER_KEYS";
        let text = self.secret(
            NAME,
            "id:base64 of 32 random bytes, comma-separated, the current one first (make one: openssl rand -base64 32); unset: made once and kept in the data folder",
            required,
        )?;
        let mut keys = Vec::new();
        for part in text.split(',').map(str::trim) {
            match parse_master_key(part) {
                Some(key) => keys.push(key),
                // The value is a secret: say which part, never what it holds.
                None => self.mistakes.push(format!(
                    "{NAME}: part {} is not `id:base64 of 32 bytes` with an id of 1 to 255",
                    keys.len() + 1
                )),
            }
        }
        Some(keys)
    }
}

/// Reads `id:base64 of 32 bytes`.
pub fn parse_master_key(text: &str) -> Option<MasterKey> {
    let (id, key) = text.split_once(':')?;
    let id: u8 = id.parse().ok().filter(|id| *id > 0)?;
    let key: [u8; 32] = BASE64.decode(key).ok()?.try_into().ok()?;
    Some(MasterKey::new(id, key))
}
