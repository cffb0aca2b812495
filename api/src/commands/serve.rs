//! Serves until told to stop.

use std::error::Error;
use std::time::Duration;

use mobile_contracts::calendar::local_day;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::open::{self, Opened};
use super::{database, say};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::{
    booking, contract, demo, lan, leaderboard, nightly, notice, reporting, retention, server,
    tracking, verification, web,
};

/// How long a stop waits for notices that are with their providers.
const SENDING_STOP_WAIT: Duration = Duration::from_secs(2);
/// How long it waits for the last counts of calls to be written down.
const COUNTING_STOP_WAIT: Duration = Duration::from_secs(2);

/// # Errors
/// One sentence: what could not be opened, bound or kept running.
pub async fn serve(config: Config, with_demo: bool, with_lan: bool) -> Result<(), Box<dyn Error>> {
    if with_demo && config.is_production() {
        return Err("the demo is refused in production (TO06_ENV=production)".into());
    }
    if let Some(folder) = &config.http.pages_dir {
        web::serve_from(folder.clone());
    }
    let mut opened = open::serving(&config).await?;
    opened.migrate().await?;
    let demo = if with_demo {
        database::load_demo_into(&opened).await?;
        true
    } else {
        false
    };
    let app = opened.app().await?;
    let identity = match (&opened.data_dir, with_lan) {
        (Some(dir), true) => Some(lan::identity(
            &dir.lan_folder(),
            local_day(Clock::default().now()),
        )?),
        (None, true) => {
            return Err(
                "--lan needs the private data folder (unset TO06_MASTER_KEYS or DATABASE_URL)"
                    .into(),
            );
        }
        (_, false) => None,
    };
    let limiter = app.limiter.clone();
    let mut sweeping = Box::pin(booking::sweeper::run(app.clone()));
    let mut forgetting = Box::pin(nightly::run(app.clone(), "retention", async |app: &App| {
        // What can still be decided is decided before it is forgotten.
        tracking::nightly::once(app).await?;
        retention::purge::once(app).await
    }));
    let mut verifying = Box::pin(nightly::run(
        app.clone(),
        "verification",
        verification::nightly::once,
    ));
    let mut closing = Box::pin(nightly::run(
        app.clone(),
        "boards",
        async |app: &App| match demo {
            true => leaderboard::closing::keep::whole(app).await,
            false => leaderboard::closing::keep::once(app).await,
        },
    ));
    let mut feeding = Box::pin(nightly::run(
        app.clone(),
        "figures",
        reporting::indicators::feed::once,
    ));
    let patient = opened.patient_pool();
    let mut recounting = Box::pin(nightly::run(app.clone(), "recount", async |app: &App| {
        tracking::recounts::night::once(app, &patient).await
    }));
    let mut counting = Box::pin(contract::callers::run(app.clone()));
    let (sender, counted) = (app.clone(), app.clone());
    let (displays, viewers) = (app.displays.clone(), app.viewers.clone());
    let listening = server::listen(app, identity.as_ref()).map_err(|why| taken(&config, &why))?;
    tell(&opened, &listening, identity.as_ref(), demo);
    let handle = listening.handle();
    let (stop_sending, sending_stopped) = watch::channel(false);
    let sending = tokio::spawn(notice::worker::run(sender, sending_stopped));
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut running = tokio::spawn(listening.server);
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let outcome = loop {
        tokio::select! {
            ended = &mut running => break ended.map_err(Into::into).and_then(|ended| ended.map_err(Into::into)),
            _ = interrupt.recv() => break Ok(()),
            _ = terminate.recv() => break Ok(()),
            never = &mut sweeping => match never {},
            never = &mut forgetting => match never {},
            never = &mut verifying => match never {},
            never = &mut closing => match never {},
            never = &mut feeding => match never {},
            never = &mut recounting => match never {},
            never = &mut counting => match never {},
            _ = minute.tick() => limiter.tidy(),
            _ = second.tick() => if let Some(why) = opened.postgres.as_mut().and_then(|postgres| postgres.ended()) {
                break Err(why.into());
            },
        }
    };
    // What is being sent is written down if it can be; else its lease ends, and it goes out again
    // under the same id.
    let _ = stop_sending.send(true);
    displays.close();
    viewers.close();
    if !running.is_finished() {
        handle.stop(outcome.is_ok()).await;
    }
    let _ = tokio::time::timeout(SENDING_STOP_WAIT, sending).await;
    let last_counts = contract::callers::save(&counted);
    let _ = tokio::time::timeout(COUNTING_STOP_WAIT, last_counts).await;
    outcome
}

fn taken(config: &Config, why: &std::io::Error) -> String {
    match why.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "Cổng {0} đang bị chiếm. / {0} is taken: stop that process or set TO06_BIND.",
            config.http.bind
        ),
        _ => format!("{} cannot be listened on: {why}", config.http.bind),
    }
}

fn tell(
    opened: &Opened,
    listening: &server::Listening,
    lan: Option<&lan::LanIdentity>,
    with_demo: bool,
) {
    let address = listening.address;
    say(format!(
        "Tổ 06: http://{address}/  ·  API: http://{address}/docs"
    ));
    if let (Some(lan), Some(lan_address)) = (lan, listening.lan_address) {
        for ip in &lan.addresses {
            say(format!(
                "Điện thoại cùng mạng / phones: https://{ip}:{}/",
                lan_address.port()
            ));
        }
        say(format!(
            "Vân tay chứng thư / certificate SHA-256: {}",
            lan.fingerprint
        ));
    }
    if let Some(dir) = &opened.data_dir {
        say(format!("Dữ liệu / data: {}", dir.path().display()));
    }
    if opened.redis_url.is_none() {
        say(
            "Không có Redis: chỗ giữ nằm trong PostgreSQL. / No Redis: holds are kept in PostgreSQL.",
        );
    }
    if with_demo {
        say("Tài khoản dùng thử / demo accounts (mật khẩu / password: tổ 06 dùng thử):");
        for account in demo::ACCOUNTS {
            say(format!(
                "  {}  {:<9}  {}",
                account.phone,
                account.role.as_str(),
                account.name
            ));
        }
    }
    say("Sẵn sàng; Ctrl-C để dừng. / Ready; Ctrl-C stops.");
}
