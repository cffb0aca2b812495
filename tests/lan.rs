//! HTTPS for the phones of the same network.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;

use actix_web::{App, HttpRequest, HttpServer, web};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A phone that was told to trust exactly this certificate.
fn phone(folder: &std::path::Path) -> ClientConfig {
    let mut trusted = RootCertStore::empty();
    let certificate =
        CertificateDer::from_pem_file(folder.join("certificate.pem")).expect("a certificate");
    trusted.add(certificate).expect("it can be trusted");
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_root_certificates(trusted)
        .with_no_client_auth()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_trusts_the_certificate_is_served_over_https_and_seen_by_its_address() {
    let folder = PathBuf::from(format!("/tmp/to06-lan-test-{}", std::process::id()));
    let identity =
        api::lan::identity(&folder, "2026-11-23".parse().expect("a day")).expect("a certificate");
    let phone = phone(&folder);
    std::fs::remove_dir_all(&folder).expect("our own folder");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let server = HttpServer::new(|| {
        App::new().route(
            "/",
            web::get().to(async |request: HttpRequest| format!("{:?}", request.peer_addr())),
        )
    })
    .workers(1)
    .disable_signals()
    .listen_rustls_0_23(listener, identity.config)
    .expect("TLS is set up")
    .run();
    let handle = server.handle();
    let serving = tokio::spawn(server);

    let (seen, own) = tokio::task::spawn_blocking(move || {
        let name = ServerName::try_from("localhost").expect("a name");
        let tls = ClientConnection::new(Arc::new(phone), name).expect("a phone");
        let tcp = TcpStream::connect(address).expect("the port answers");
        let own = tcp.local_addr().expect("our address");
        let mut stream = StreamOwned::new(tls, tcp);
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .expect("the certificate is good for this name");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        (answer, own)
    })
    .await
    .expect("no panic");
    handle.stop(true).await;
    serving.await.expect("no panic").expect("an orderly end");
    assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
    // No proxy stands between, so limits per address see the phone itself.
    assert!(seen.contains(&own.port().to_string()), "{seen}");
}
