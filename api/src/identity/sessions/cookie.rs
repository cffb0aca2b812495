//! Sessions of browsers as cookies: no script reads them, and no other site makes use of them.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{HOST, HeaderName, ORIGIN};
use chrono::TimeDelta;

use super::super::problem::IdentityProblem;
use crate::config::Http;
use crate::http::client;
use crate::http::failure::Failure;

/// What a browser keeps for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Access,
    Refresh,
    /// By which a sign-in slows down only itself, not the owner of the account.
    Device,
}

impl Kept {
    /// `__Host-`: set over HTTPS by exactly this host, for no other. Without it only over plain HTTP
    /// on this very machine, where some browsers refuse the prefix.
    const fn name(self, is_local: bool) -> &'static str {
        match (self, is_local) {
            (Self::Access, false) => "__Host-to06_session",
            (Self::Refresh, false) => "__Host-to06_refresh",
            (Self::Device, false) => "__Host-to06_device",
            (Self::Access, true) => "to06_session",
            (Self::Refresh, true) => "to06_refresh",
            (Self::Device, true) => "to06_device",
        }
    }

    pub fn read(self, request: &HttpRequest, http: &Http) -> Option<String> {
        let cookie = request.cookie(self.name(is_local(request, http)))?;
        let value = cookie.value();
        (!value.is_empty() && value.len() <= 100).then(|| value.to_owned())
    }

    pub fn write(
        self,
        request: &HttpRequest,
        http: &Http,
        value: String,
        lasts: TimeDelta,
    ) -> Cookie<'static> {
        let is_local = is_local(request, http);
        Cookie::build(self.name(is_local), value)
            .path("/")
            .secure(!is_local)
            .http_only(true)
            .same_site(SameSite::Strict)
            .max_age(actix_web::cookie::time::Duration::seconds(
                lasts.num_seconds().max(0),
            ))
            .finish()
    }

    pub fn forget(self, request: &HttpRequest, http: &Http) -> Cookie<'static> {
        self.write(request, http, String::new(), TimeDelta::zero())
    }
}

/// Whether the browser runs on this machine and speaks plain HTTP to us.
fn is_local(request: &HttpRequest, http: &Http) -> bool {
    !request.app_config().secure()
        && client::of(request, http).is_some_and(|address: IpAddr| address.is_loopback())
}

/// A browser adds its cookies to whatever any page makes it send: what changes something must come
/// from a page of ours.
///
/// # Errors
/// 403 where the browser says that it comes from elsewhere, or nothing says where it comes from.
pub fn require_own_page(request: &HttpRequest, http: &Http) -> Result<(), Failure> {
    let header = |name: HeaderName| request.headers().get(name)?.to_str().ok();
    let is_own = is_own_page(
        header(HeaderName::from_static("sec-fetch-site")),
        header(ORIGIN),
        header(HOST),
        &http.public_origin,
    );
    is_own
        .then_some(())
        .ok_or_else(|| IdentityProblem::OtherSite.into())
}

/// Whether a page of ours sent it, by what the browser says of the page: `Sec-Fetch-Site` where it
/// has that, else `Origin` against the host that was asked or the public origin.
fn is_own_page(
    fetch_site: Option<&str>,
    origin: Option<&str>,
    host: Option<&str>,
    public_origin: &str,
) -> bool {
    if let Some(site) = fetch_site {
        return site == "same-origin";
    }
    let Some(origin) = origin else {
        return false;
    };
    let asked = origin.split_once("://").map(|(_, authority)| authority);
    origin == public_origin || (asked.is_some() && asked == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "https://to06.example.vn";

    #[test]
    fn what_the_browser_says_of_the_page_decides() {
        for (site, is_own) in [
            ("same-origin", true),
            ("same-site", false),
            ("cross-site", false),
            ("none", false),
        ] {
            assert_eq!(
                is_own_page(Some(site), Some(PUBLIC), Some("to06.example.vn"), PUBLIC),
                is_own,
                "{site}"
            );
        }
    }

    #[test]
    fn an_older_browser_is_believed_by_its_origin_and_silence_is_not() {
        let by_origin = |origin| is_own_page(None, origin, Some("10.0.0.5:8006"), PUBLIC);
        assert!(by_origin(Some(PUBLIC)));
        assert!(by_origin(Some("http://10.0.0.5:8006")));
        assert!(!by_origin(Some("https://evil.example")));
        assert!(!by_origin(Some("null")));
        assert!(!by_origin(None));
    }
}
