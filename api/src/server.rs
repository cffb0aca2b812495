//! An [`App`] in, a listening server and its address out.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

use crate::app::App;
use crate::contract::Contract;
use crate::contract::deprecation::{Deprecations, announce};
use crate::docs;
use crate::home;
use crate::http::fallback::{self, KnownPaths};
use crate::http::observe::observe;
use crate::lan::LanIdentity;
use crate::leaderboard;
use crate::routes;

/// Longest that a request's head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long a graceful stop waits for running requests.
const STOP_TIMEOUT_S: u64 = 20;
/// Connections that one worker takes at once.
const CONNECTIONS_PER_WORKER: usize = 5_000;

/// A server that listens and is not yet driven.
pub struct Listening {
    pub server: Server,
    pub address: SocketAddr,
    /// Where HTTPS is served to the local network, if it is.
    pub lan_address: Option<SocketAddr>,
}

impl Listening {
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }
}

/// Port of HTTPS on the local network.
const LAN_PORT: u16 = 8443;
/// Longest that a TLS handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Binds the address and builds the server.
///
/// # Errors
/// When the address is taken or not ours.
pub fn listen(app: App, lan: Option<&LanIdentity>) -> std::io::Result<Listening> {
    listen_by(&routes::document(), app, lan)
}

/// The same by a document that says more than the routes do, such as what will go.
///
/// # Errors
/// As [`listen`], and when what it says is no farewell.
pub fn listen_by(
    document: &OpenApi,
    app: App,
    lan: Option<&LanIdentity>,
) -> std::io::Result<Listening> {
    let listener = TcpListener::bind(app.config.http.bind)?;
    let address = listener.local_addr()?;
    let workers = app.config.http.workers.max(1);
    let contract = web::Data::new(Contract::new(routes::text_of(document)));
    let deprecations = Deprecations::of(document).map_err(std::io::Error::other)?;
    let deprecations = web::Data::new(deprecations);
    let known_paths = web::Data::new(KnownPaths::of(document));
    let app = web::Data::new(app);
    let mut server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(contract.clone())
            .app_data(known_paths.clone())
            .app_data(deprecations.clone())
            .wrap(from_fn(announce))
            .wrap(from_fn(observe))
            .into_utoipa_app()
            .configure(routes::routes)
            .split_for_parts()
            .0
            .configure(home::routes)
            .configure(docs::routes)
            .configure(crate::web::routes)
            .configure(leaderboard::page::routes)
            .configure(crate::identity::badge::pages::pages)
            .configure(crate::booking::pages::pages)
            .configure(crate::rights::pages::pages)
            .configure(crate::booking::queue::display::screen::pages)
            .route("/problems/{slug}", web::get().to(routes::show_problem))
            .default_service(web::to(fallback::not_served))
    })
    .workers(workers)
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    .max_connections(CONNECTIONS_PER_WORKER)
    .shutdown_timeout(STOP_TIMEOUT_S)
    .tls_handshake_timeout(HANDSHAKE_TIMEOUT)
    .disable_signals()
    .listen(listener)?;
    let mut lan_address = None;
    if let Some(lan) = lan {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, LAN_PORT))?;
        lan_address = Some(listener.local_addr()?);
        server = server.listen_rustls_0_23(listener, lan.config.clone())?;
    }
    Ok(Listening {
        server: server.run(),
        address,
        lan_address,
    })
}
