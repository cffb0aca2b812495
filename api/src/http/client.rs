//! Who is at the other end of the line, as far as the network can tell.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;

use crate::config::Http;

/// The client's address: the peer's, or what a front proxy that we trust says. Anybody else's
/// `X-Forwarded-For` is ignored, so rotating it changes nothing.
pub fn address(peer: Option<IpAddr>, forwarded_for: Option<&str>, http: &Http) -> Option<IpAddr> {
    let peer = peer?;
    if !http.trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    // The last address that is not one of our own proxies was seen by one of them.
    forwarded_for
        .unwrap_or_default()
        .split(',')
        .rev()
        .filter_map(|part| part.trim().parse().ok())
        .find(|address| !http.trusted_proxies.contains(address))
        .or(Some(peer))
}

/// [`address`] of a request that a middleware holds.
pub fn address_of(request: &ServiceRequest, http: &Http) -> Option<IpAddr> {
    of(request.request(), http)
}

/// [`address`] of a request that a handler holds.
pub fn of(request: &HttpRequest, http: &Http) -> Option<IpAddr> {
    let forwarded_for = request
        .headers()
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    address(
        request.peer_addr().map(|peer| peer.ip()),
        forwarded_for,
        http,
    )
}
