//! Lists every setting.

use std::error::Error;

use super::say;
use crate::config::Config;

pub fn show() -> Result<(), Box<dyn Error>> {
    #[allow(
        clippy::disallowed_methods,
        reason = "config.rs decides what to read; this hands it the environment"
    )]
    let (config, settings) = Config::read(|name| std::env::var(name).ok());
    for setting in settings {
        let value = match (&setting.value, setting.secret) {
            (None, _) => "(default)".to_owned(),
            (Some(_), true) => "***".to_owned(),
            (Some(value), false) => value.clone(),
        };
        let default = if setting.default.is_empty() {
            "(none)"
        } else {
            setting.default
        };
        say(format!(
            "{}\n    value: {value}   default: {default}\n    {}",
            setting.name, setting.meaning
        ));
    }
    config?;
    Ok(())
}
