//! Which app reads. Whatever its age, it may send: what it has recorded was work. Only what it reads
//! may have changed its meaning since, so only reading asks it to be updated, if it says how old it is.

use std::str::FromStr;

use actix_web::HttpRequest;
use mobile_contracts::diff::Version;

use super::problem::ClientProblem;
use crate::app::App;
use crate::http::failure::Failure;

/// The header with which an app names itself and its version, as `to06-web/1.8.2`.
pub const CLIENT: &str = "X-Client";

/// What the document says of it.
pub const CLIENT_MEANING: &str = "The app and its version, as `to06-web/1.8.2`. One older than `client_min` of `GET /meta` is told to \
     update itself; one that does not say is answered.";

/// # Errors
/// [`ClientProblem::ClientTooOld`], with the least version that may read.
pub fn require_current(app: &App, request: &HttpRequest) -> Result<(), Failure> {
    let named = request.headers().get(CLIENT);
    let version = named.and_then(|name| version(name.to_str().ok()?));
    let least = app.config.phones.client_min;
    match version {
        Some(version) if version < least => {
            Err(Failure::from(ClientProblem::ClientTooOld).with("client_min", least.to_string()))
        }
        _ => Ok(()),
    }
}

/// A name that cannot be read says nothing.
fn version(name: &str) -> Option<Version> {
    let (_, version) = name.trim().rsplit_once('/')?;
    Version::from_str(version).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stands_behind_the_last_slash() {
        let read = |name| version(name).map(|version| version.to_string());
        assert_eq!(read("to06-web/1.8.2").as_deref(), Some("1.8.2"));
        assert_eq!(read("vn/to06/0.10.0 ").as_deref(), Some("0.10.0"));
        for name in [
            "to06-web",
            "to06-web/1.8",
            "to06-web/1.8.2-beta",
            "1.8.2",
            "",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
