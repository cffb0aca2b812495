//! HTTPS for the phones on the same network, with a certificate of our own.
//!
//! Made once and kept with the data, so that a phone that trusted it once need not be asked again.
//! rustls without HTTP/2: the h2 of actix-web 4 has an open advisory (RUSTSEC-2026-0258).

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";
const MADE_FOR: &str = "made-for";

/// Apple's phones refuse a certificate that is valid for more than 825 days, whoever made it.
const VALID_DAYS: u64 = 800;
/// A new one is made while the old one is still good.
const RENEW_DAYS: u64 = 30;

/// What `serve --lan` needs: hand `config` to `HttpServer::listen_rustls_0_23`, with
/// `tls_handshake_timeout` of 10 s.
#[derive(Clone, Debug)]
pub struct LanIdentity {
    pub config: ServerConfig,
    /// SHA-256 of the certificate, as browsers show it: the operator compares it with the phone's.
    pub fingerprint: String,
    /// The addresses under which phones find us, most likely first.
    pub addresses: Vec<IpAddr>,
}

/// The kept certificate, or a new one if there is none, if it ends soon, or if this machine has
/// moved to another network: a name that does not match is refused by some phones for good.
///
/// # Errors
/// When the folder cannot be written, or holds something that is no certificate and key.
pub fn identity(folder: &Path, today: NaiveDate) -> io::Result<LanIdentity> {
    let addresses = lan_addresses();
    if !still_good(folder, &addresses, today) {
        make(folder, &addresses, today)?;
    }
    let certificate = CertificateDer::from_pem_file(folder.join(CERTIFICATE))
        .map_err(|error| unreadable(CERTIFICATE, error))?;
    let key =
        PrivateKeyDer::from_pem_file(folder.join(KEY)).map_err(|error| unreadable(KEY, error))?;
    let fingerprint = fingerprint(&certificate);
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .map_err(io::Error::other)?;
    Ok(LanIdentity {
        config,
        fingerprint,
        addresses,
    })
}

/// Addresses that this machine uses towards a network. Asking for a route sends nothing, and no
/// list of interfaces is needed without unsafe code.
fn lan_addresses() -> Vec<IpAddr> {
    let mut found = Vec::new();
    // One probe for each private range and one for the way out; none of them is ever written to.
    for probe in ["192.168.0.1:9", "10.0.0.1:9", "172.16.0.1:9", "192.0.2.1:9"] {
        let route = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))
            .and_then(|socket| socket.connect(probe).and_then(|()| socket.local_addr()));
        if let Ok(local) = route
            && !local.ip().is_loopback()
            && !local.ip().is_unspecified()
            && !found.contains(&local.ip())
        {
            found.push(local.ip());
        }
    }
    found
}

/// The first line says until when, the others for which addresses.
fn still_good(folder: &Path, addresses: &[IpAddr], today: NaiveDate) -> bool {
    let kept = fs::read_to_string(folder.join(MADE_FOR)).unwrap_or_default();
    let mut kept = kept.lines();
    let until = kept.next().and_then(|day| day.parse::<NaiveDate>().ok());
    let kept: Vec<&str> = kept.collect();
    folder.join(KEY).exists()
        && folder.join(CERTIFICATE).exists()
        && until.is_some_and(|until| today + Days::new(RENEW_DAYS) <= until)
        && addresses
            .iter()
            .all(|address| kept.contains(&address.to_string().as_str()))
}

fn make(folder: &Path, addresses: &[IpAddr], today: NaiveDate) -> io::Result<()> {
    let until = today + Days::new(VALID_DAYS);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let names: Vec<String> = addresses
        .iter()
        .map(IpAddr::to_string)
        .chain(["localhost".into(), "127.0.0.1".into(), "to06.local".into()])
        .collect();
    let mut certificate = CertificateParams::new(names).map_err(io::Error::other)?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, "To 06 (LAN)");
    certificate.distinguished_name = subject;
    certificate.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let midnight = |day: NaiveDate| date_time_ymd(day.year(), day.month() as u8, day.day() as u8);
    // A phone's clock may be a little behind ours.
    let yesterday = today - Days::new(1);
    certificate.not_before = midnight(yesterday);
    certificate.not_after = midnight(until);
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let signed = certificate.self_signed(&key).map_err(io::Error::other)?;
    // Written last and removed first: a key and a certificate of two makings are never believed.
    match fs::remove_file(folder.join(MADE_FOR)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_closed(&folder.join(KEY), &key.serialize_pem())?;
    write_closed(&folder.join(CERTIFICATE), &signed.pem())?;
    let made_for: String = addresses
        .iter()
        .map(|address| format!("{address}\n"))
        .collect();
    write_closed(&folder.join(MADE_FOR), &format!("{until}\n{made_for}"))
}

fn write_closed(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let digest = Sha256::digest(certificate.as_ref());
    digest
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect::<Vec<_>>()
        .join(":")
}

fn unreadable(name: &str, error: rustls::pki_types::pem::Error) -> io::Error {
    io::Error::other(format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_certificate_is_kept_until_it_ends_soon() {
        let folder = std::env::temp_dir().join(format!("to06-lan-{}", std::process::id()));
        let first = identity(&folder, day("2026-11-23")).expect("a certificate");
        let second = identity(&folder, day("2028-12-31")).expect("the same certificate");
        let third = identity(&folder, day("2029-01-10")).expect("a new certificate");
        fs::remove_dir_all(&folder).expect("our own folder");
        assert_eq!(first.fingerprint, second.fingerprint);
        assert_ne!(first.fingerprint, third.fingerprint);
        assert_eq!(first.fingerprint.len(), 32 * 3 - 1);
        assert!(
            first.config.alpn_protocols.is_empty(),
            "no HTTP/2 is offered"
        );
    }
}
