//! Everything that can be set from outside, read once, from the environment, by nobody else.
//!
//! Each setting is declared in one place with its name, default and meaning, so that the start-up,
//! the list of mistakes and `api config` can never tell three different stories.

mod notices;
mod reader;
mod template;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use mobile_contracts::diff::Version;

pub use notices::{Channel, Gateway, Mail, MailTls, Notices, Secret};
pub use reader::{Setting, parse_master_key};
pub use template::{Escaping, Template};

use self::reader::Reader;
use crate::privacy::keys::MasterKey;
use crate::retention::rules::Schedule;

/// The program's settings. The comment of each field is its manual, repeated by `api config`.
#[derive(Debug, Clone)]
pub struct Config {
    /// Development, or the real thing.
    pub environment: Environment,
    pub http: Http,
    pub database: Database,
    /// `None`: a private Redis of our own, or holds in PostgreSQL where no Redis is installed.
    pub redis_url: Option<String>,
    /// Begins every key in Redis.
    pub redis_prefix: String,
    pub data: Data,
    /// Master keys, the current one first. `None`: made once and kept beside the private data.
    pub master_keys: Option<Vec<MasterKey>>,
    pub passwords: Passwords,
    pub booking: Booking,
    pub sync: Sync,
    pub phones: Phones,
    pub retention: Schedule,
    pub notices: Notices,
    pub log: Log,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    Development,
    Production,
}

#[derive(Debug, Clone)]
pub struct Http {
    pub bind: SocketAddr,
    pub public_origin: String,
    pub trusted_proxies: Vec<IpAddr>,
    pub workers: usize,
    pub requests_per_address_per_minute: u32,
    pub pages_dir: Option<PathBuf>,
    pub board_viewers: usize,
}

#[derive(Debug, Clone)]
pub struct Database {
    /// `None`: a private PostgreSQL of our own.
    pub url: Option<String>,
    /// The owner's login, for migrations. `None`: `DATABASE_URL`, or the private owner.
    pub migration_url: Option<String>,
    pub connections: usize,
}

/// Where a private PostgreSQL and Redis keep their files.
#[derive(Debug, Clone)]
pub struct Data {
    pub dir: Option<PathBuf>,
    pub xdg_data_home: Option<PathBuf>,
    pub home: Option<PathBuf>,
    pub xdg_runtime_dir: Option<PathBuf>,
    pub path: Option<std::ffi::OsString>,
}

#[derive(Debug, Clone)]
pub struct Passwords {
    pub memory_kib: u32,
    pub passes: u32,
}

#[derive(Debug, Clone)]
pub struct Booking {
    pub horizon_days: u16,
    pub hold_ttl_s: u32,
    pub unverified_hold_ttl_s: u32,
    pub offer_ttl_s: u32,
    pub work_bits: u8,
    pub easy_holds_per_hour: u32,
    pub holds_per_hour: u32,
    pub display_viewers: usize,
}

#[derive(Debug, Clone)]
pub struct Sync {
    pub plain_subjects: bool,
    pub subjects_per_day: u32,
    pub quarantine_days: u32,
}

/// What phones are told before anything else.
#[derive(Debug, Clone)]
pub struct Phones {
    /// Older apps ask their owners to update.
    pub client_min: Version,
    pub banner: Option<String>,
    pub sync_every_s: u32,
    pub backoff_max_s: u32,
    pub check_every_s: u32,
}

#[derive(Debug, Clone)]
pub struct Log {
    pub filter: String,
    pub json: bool,
}

/// What is wrong with the environment, all of it at once.
#[derive(Debug)]
pub struct Mistakes(pub Vec<String>);

impl std::fmt::Display for Mistakes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "the configuration has {} mistake(s):", self.0.len())?;
        for mistake in &self.0 {
            writeln!(f, "  - {mistake}")?;
        }
        write!(f, "`api config` lists every variable with its meaning.")
    }
}

impl std::error::Error for Mistakes {}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// All mistakes together: values that cannot be read, and in production everything that must
    /// not be left to a default.
    pub fn from_env() -> Result<Self, Mistakes> {
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place that reads the environment"
        )]
        Self::read(|name| std::env::var(name).ok()).0
    }

    /// Reads settings from anywhere: the environment, or a test's table. Also returns every setting
    /// as it was found, for `api config`.
    pub fn read(
        lookup: impl Fn(&'static str) -> Option<String>,
    ) -> (Result<Self, Mistakes>, Vec<Setting>) {
        let mut r = Reader::new(lookup);
        let environment = r.one_of(
            "TO06_ENV",
            "development",
            "development or production; production takes no secret and no database by default",
            &[
                ("development", Environment::Development),
                ("production", Environment::Production),
            ],
        );
        let production = environment == Environment::Production;
        let config = Self {
            environment,
            http: Http {
                bind: r.parse("TO06_BIND", "127.0.0.1:8006", "address and port to listen on"),
                public_origin: r.text(
                    "TO06_PUBLIC_ORIGIN",
                    "http://127.0.0.1:8006",
                    "scheme, host and port under which people reach this server; printed on slips and checked on unsafe requests",
                ),
                trusted_proxies: r.list(
                    "TRUSTED_PROXIES",
                    "",
                    "comma-separated addresses of front proxies whose X-Forwarded-For is believed; nobody else's is",
                ),
                workers: r.parse("TO06_WORKERS", "2", "HTTP worker threads"),
                requests_per_address_per_minute: r.parse(
                    "TO06_REQUESTS_PER_ADDRESS_PER_MINUTE",
                    "1200",
                    "wide, for whole mobile networks share an address",
                ),
                pages_dir: r.pages_dir(production),
                board_viewers: r.parse(
                    "TO06_BOARD_VIEWERS",
                    "2000",
                    "boards that one process streams to; others ask now and then",
                ),
            },
            database: Database {
                url: r.secret(
                    "DATABASE_URL",
                    "PostgreSQL 15 or newer, the login that serves and owns nothing; unset: a private server",
                    production,
                ),
                migration_url: r.secret(
                    "MIGRATION_DATABASE_URL",
                    "the login that owns the tables and migrates; unset: DATABASE_URL's",
                    false,
                ),
                connections: r.parse("TO06_DATABASE_CONNECTIONS", "10", "size of the connection pool"),
            },
            redis_url: r.secret(
                "REDIS_URL",
                "Redis 6.2 or newer; unset: a private server, or holds in PostgreSQL if there is no Redis",
                production,
            ),
            redis_prefix: r.text("TO06_REDIS_PREFIX", "to06:", "begins every key in Redis, so that a server can be shared"),
            data: Data {
                dir: r.path("TO06_DATA_DIR", "where a private PostgreSQL and Redis keep their files"),
                xdg_data_home: r.path("XDG_DATA_HOME", "parent of that folder for an ordinary user"),
                home: r.path("HOME", "the user's home"),
                xdg_runtime_dir: r.path("XDG_RUNTIME_DIR", "where an ordinary user's sockets lie"),
                path: r
                    .path("PATH", "where the server programs are looked for, beside the usual folders")
                    .map(PathBuf::into_os_string),
            },
            master_keys: r.master_keys(production),
            passwords: Passwords {
                memory_kib: r.at_least(
                    "TO06_ARGON2_MEMORY_KIB",
                    "19456",
                    "memory of one password hash; OWASP's floor for two passes is 19456",
                    if production { 19_456 } else { 8 },
                ),
                passes: r.at_least("TO06_ARGON2_PASSES", "2", "passes of one password hash", 1),
            },
            booking: Booking {
                horizon_days: r.parse("TO06_BOOKING_HORIZON_DAYS", "30", "how many days ahead can be booked"),
                hold_ttl_s: r.parse("TO06_HOLD_TTL_S", "300", "seconds a held place is kept"),
                unverified_hold_ttl_s: r.parse(
                    "TO06_UNVERIFIED_HOLD_TTL_S",
                    "120",
                    "seconds a place is kept for somebody nobody vouches for",
                ),
                offer_ttl_s: r.at_least(
                    "TO06_OFFER_TTL_S",
                    "900",
                    "seconds a freed place is kept for somebody who waited: never more than 900, nor than half the time to the slot",
                    1,
                ),
                work_bits: r.parse(
                    "TO06_WORK_BITS",
                    "18",
                    "bits of proof-of-work asked of an unverified hold from a busy address; 0 asks none",
                ),
                easy_holds_per_hour: r.parse(
                    "TO06_EASY_HOLDS_PER_HOUR",
                    "400",
                    "unverified holds an hour from one address before work is asked; whole networks share one",
                ),
                holds_per_hour: r.parse(
                    "TO06_HOLDS_PER_HOUR",
                    "120",
                    "holds that one volunteer may start in an hour; a lead can lift it",
                ),
                display_viewers: r.parse(
                    "TO06_DISPLAY_VIEWERS",
                    "200",
                    "second screens that one process streams to; others ask now and then",
                ),
            },
            sync: Sync {
                plain_subjects: r.one_of(
                    "TO06_PLAIN_SUBJECTS",
                    if production { "no" } else { "yes" },
                    "whether sync/push takes ID numbers unsealed over TLS or loopback",
                    &[("yes", true), ("no", false)],
                ),
                subjects_per_day: r.at_least(
                    "TO06_SUBJECTS_PER_DAY",
                    "200",
                    "different ID numbers that one volunteer may record in a day, so that nobody tries numbers out",
                    1,
                ),
                quarantine_days: r.at_least(
                    "TO06_QUARANTINE_DAYS",
                    "30",
                    "days that what was held or refused is kept readable: long enough for a lead to come back and decide, not longer, for it names people and counts for nothing",
                    1,
                ),
            },
            phones: Phones {
                client_min: r.parse(
                    "TO06_CLIENT_MIN",
                    "0.0.0",
                    "apps older than this version ask their owners to update and read no more (426); they may still send",
                ),
                banner: r.short_text(
                    "TO06_BANNER",
                    "a sentence in Vietnamese that every phone shows above everything else",
                ),
                sync_every_s: r.at_least(
                    "TO06_SYNC_EVERY_S",
                    "300",
                    "seconds after which an open app pushes and pulls again, besides whenever something was saved",
                    10,
                ),
                backoff_max_s: r.at_least(
                    "TO06_SYNC_BACKOFF_MAX_S",
                    "900",
                    "seconds that an app waits at most after the server has failed it",
                    10,
                ),
                check_every_s: r.at_least(
                    "TO06_SYNC_CHECK_EVERY_S",
                    "86400",
                    "seconds after which an app compares checksums and asks for texts that rarely change",
                    60,
                ),
            },
            retention: r.retention(),
            notices: notices::read(&mut r, production),
            log: Log {
                filter: r.text("TO06_LOG", "info", "log filter, as in tracing's EnvFilter"),
                json: r.one_of(
                    "TO06_LOG_FORMAT",
                    if production { "json" } else { "text" },
                    "text for people, json for machines",
                    &[("text", false), ("json", true)],
                ),
            },
        };
        let quarantine_days = config.sync.quarantine_days;
        let config = Config {
            retention: config.retention.with_quarantine(quarantine_days),
            ..config
        };
        let (settings, mistakes) = r.finish();
        if mistakes.is_empty() {
            (Ok(config), settings)
        } else {
            (Err(Mistakes(mistakes)), settings)
        }
    }

    pub fn is_production(&self) -> bool {
        self.environment == Environment::Production
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn read(settings: &[(&'static str, &str)]) -> Result<Config, Mistakes> {
        let table: HashMap<_, _> = settings
            .iter()
            .map(|(k, v)| (*k, (*v).to_owned()))
            .collect();
        Config::read(|name| table.get(name).cloned()).0
    }

    #[test]
    fn an_empty_environment_is_a_working_development() {
        let config = read(&[]).unwrap();
        assert_eq!(config.http.bind.port(), 8006);
        assert!(config.database.url.is_none());
    }

    #[test]
    fn production_names_every_missing_secret_at_once() {
        let mistakes = read(&[("TO06_ENV", "production"), ("TO06_BIND", "nowhere")])
            .unwrap_err()
            .to_string();
        for name in ["TO06_BIND", "DATABASE_URL", "REDIS_URL", "TO06_MASTER_KEYS"] {
            assert!(mistakes.contains(name), "{name} is missing in: {mistakes}");
        }
    }

    #[test]
    fn every_mistake_of_a_channel_is_named_at_once_and_no_secret_repeated() {
        let mistakes = read(&[
            ("TO06_NOTICE_CHANNELS", "zalo,sms,email,pigeon"),
            ("TO06_ZALO_URL", "ftp://zalo.example"),
            ("TO06_ZALO_BODY", r#"{"to":"{phnoe}"}"#),
            ("TO06_SMS_BODY", r#"{"text":"{text}"}"#),
            ("TO06_SMS_HEADER", "hunter2"),
            ("TO06_SMTP_TO", "nowhere"),
            ("TO06_SMTP_USER", "to06"),
            ("TO06_TLS_ROOTS", "/nowhere.pem"),
            ("TO06_NOTICE_TIMEOUT_MS", "60000"),
        ])
        .unwrap_err();
        for name in [
            "pigeon",
            "TO06_ZALO_URL",
            "{phnoe}",
            "TO06_SMS_URL",
            "TO06_SMS_BODY",
            "TO06_SMS_HEADER",
            "TO06_SMTP_HOST",
            "TO06_SMTP_FROM",
            "TO06_SMTP_TO",
            "TO06_SMTP_PASSWORD",
            "TO06_TLS_ROOTS",
            "TO06_NOTICE_TIMEOUT_MS",
        ] {
            let count = mistakes.0.iter().filter(|one| one.contains(name)).count();
            assert_eq!(count, 1, "{name} in: {mistakes}");
        }
        assert!(!mistakes.to_string().contains("hunter2"));
    }

    #[test]
    fn a_channel_that_is_not_used_may_be_set_wrongly_and_a_secret_is_never_printed() {
        let config = read(&[
            ("TO06_NOTICE_CHANNELS", "sms,log"),
            ("TO06_ZALO_URL", "not yet"),
            ("TO06_SMS_URL", "https://sms.example/send"),
            ("TO06_SMS_HEADER", "Authorization: Bearer hunter2"),
            ("TO06_SMS_SIGNING_KEY", "hunter2"),
        ])
        .unwrap();
        assert_eq!(config.notices.channels.len(), 2);
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn production_says_how_people_are_told_and_sends_nothing_in_the_open() {
        let production = |more: &[(&'static str, &str)]| {
            let mut settings = vec![("TO06_ENV", "production")];
            settings.extend_from_slice(more);
            read(&settings).unwrap_err().to_string()
        };
        assert!(production(&[]).contains("TO06_NOTICE_CHANNELS"));
        let open = [
            ("TO06_NOTICE_CHANNELS", "sms"),
            ("TO06_SMS_URL", "http://sms.example/send"),
        ];
        assert!(production(&open).contains("TO06_SMS_URL"));
        let here = [open[0], ("TO06_SMS_URL", "http://127.0.0.1:9000/send")];
        assert!(!production(&here).contains("TO06_SMS_URL"));
    }

    #[test]
    fn a_broken_key_is_never_repeated_in_the_message() {
        let mistakes = read(&[("TO06_MASTER_KEYS", "1:hunter2")])
            .unwrap_err()
            .to_string();
        assert!(!mistakes.contains("hunter2"));
    }
}
