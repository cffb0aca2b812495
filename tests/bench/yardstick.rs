//! What the program is measured against: a handler that does nothing, and one that only checks who
//! is asking. The same framework, the same workers, the same database.

use actix_web::{HttpResponse, HttpServer, web};
use api::app::App;
use api::clock::Clock;
use api::config::Config;
use api::db::Pool;
use api::db::private::{DataDir, PostgresOptions, PrivatePostgres, Surroundings, connect_or_start};
use api::db::redis::Redis;
use api::identity::Caller;
use api::identity::permission::ReadBoards;
use api::privacy::keys::{Keys, MasterKey};

use super::program::Program;

pub struct Yardstick {
    pub address: String,
}

pub async fn start(program: &Program) -> Yardstick {
    let config = Config::read(|_| None).0.unwrap();
    let pool = Pool::new(&database_url(program), config.database.connections);
    let keys = Keys::new(vec![MasterKey::new(1, [1; 32])]);
    let workers = config.http.workers;
    let app = web::Data::new(App::new(
        config,
        Clock::default(),
        keys,
        pool,
        Redis::absent(),
    ));
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .route("/empty", web::get().to(empty))
            .route("/session", web::get().to(session))
    })
    .workers(workers)
    .disable_signals()
    .bind("127.0.0.1:0")
    .unwrap();
    let address = server.addrs()[0].to_string();
    tokio::spawn(server.run());
    Yardstick { address }
}

/// The serving login of the program's own database.
pub fn database_url(program: &Program) -> String {
    join(program).url(api::commands::open::DATABASE)
}

/// The login that may do everything, for arranging what the program itself may not.
pub fn superuser_url(program: &Program) -> String {
    join(program).superuser_url(api::commands::open::DATABASE)
}

/// The program's own private server, joined through its data folder.
fn join(program: &Program) -> PrivatePostgres {
    let dir = DataDir::resolve(Some(program.data_dir.clone()), &Surroundings::default()).unwrap();
    let joined = connect_or_start(&dir, PostgresOptions { durable: true }).unwrap();
    assert!(
        !joined.is_ours(),
        "the program's server is joined, not started anew"
    );
    joined
}

async fn empty() -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn session(_: Caller<ReadBoards>) -> HttpResponse {
    HttpResponse::Ok().finish()
}
