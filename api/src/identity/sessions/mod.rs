//! Signing in, staying in, signing out.
//!
//! A phone holds its pair of tokens itself ([`routes`]); a browser gets it as cookies that no script
//! reads ([`browser`]). Both open and renew their sessions here.

mod brake;
pub mod browser;
pub mod cookie;
pub mod routes;
pub mod store;

use actix_web::HttpRequest;
use mobile_contracts::identity::{RefreshSession, SignIn};
use mobile_contracts::phone::MobilePhone;

use self::store::{Families, NewPair};
use super::problem::IdentityProblem;
use super::rules;
use super::store::{AccountRow, find_account_by_phone, phone_blind};
use crate::app::App;
use crate::db;
use crate::http::client;
use crate::http::failure::{CommonProblem, Failure};
use crate::http::limit::Rate;
use crate::privacy::personal::Personal;

const SIGN_INS_PER_ADDRESS: Rate = Rate {
    name: "sign-in",
    per_hour: 1800,
    burst: 60,
};

/// A session with a fresh pair of tokens.
struct Opened {
    account: AccountRow,
    pair: NewPair,
}

/// Opens a session for somebody who knows a password; tells the token by which this device is known
/// from now on.
async fn open(app: &App, request: &HttpRequest, body: SignIn) -> Result<(Opened, String), Failure> {
    let address = client::of(request, &app.config.http).map(|address| address.to_string());
    app.limiter
        .admit(SIGN_INS_PER_ADDRESS, address.as_deref().unwrap_or("local"))
        .await?;
    // A number that cannot be one is nobody's: the same answer, after the same work.
    let phone_blind = match MobilePhone::parse(&body.phone) {
        Ok(phone) => phone_blind(&app.keys, &phone),
        Err(_) => app
            .keys
            .mac("not-a-phone", &[body.phone.as_bytes()])
            .to_vec(),
    };
    let mut conn = app.pool.get().await?;
    let device_hash = body.device_token.as_deref().map(rules::hash_token);
    let device = match &device_hash {
        Some(hash) if brake::is_known_device(&mut conn, &phone_blind, hash).await? => hex(hash),
        _ => "unknown".to_owned(),
    };
    let now = app.clock.now();
    let brake = brake::find_brake(&mut conn, &phone_blind, &device).await?;
    if let Some((_, _, next_try_at)) = brake
        && next_try_at > now
    {
        let wait = (next_try_at - now).num_seconds().clamp(1, 900);
        return Err(Failure::from(CommonProblem::TooManyRequests).retry_after(wait as u32));
    }
    let found = find_account_by_phone(&mut conn, &phone_blind).await?;
    drop(conn);
    let stored = found
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let right = app
        .passwords
        .verify(Personal::new(body.password), stored)
        .await?;
    let mut conn = app.pool.get().await?;
    let Some(account) = found.filter(|account| right && account.disabled_at.is_none()) else {
        let (failures, last) =
            brake.map_or((0, None), |(failures, last, _)| (failures, Some(last)));
        let (failures, next) = rules::brake(failures.unsigned_abs(), last, now);
        brake::set_brake(&mut conn, &phone_blind, &device, failures as i32, now, next).await?;
        return Err(IdentityProblem::WrongCredentials.into());
    };
    if account.is_demo && app.config.is_production() {
        return Err(IdentityProblem::WrongCredentials.into());
    }
    let device_token = body.device_token.unwrap_or_else(rules::new_token);
    let family_ends_at = now + rules::FAMILY_TTL;
    let pair = NewPair::issue(now, family_ends_at);
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let family_id = store::insert_family(conn, account.account_id, family_ends_at).await?;
        store::insert_pair(conn, family_id, &pair).await?;
        brake::remember_device(conn, account.account_id, &rules::hash_token(&device_token)).await?;
        brake::release_brake(conn, &phone_blind, &device).await?;
        Ok(())
    })
    .await?;
    Ok((Opened { account, pair }, device_token))
}

/// Renews a session by its refresh token, which works once.
async fn renew(app: &App, body: &RefreshSession) -> Result<Opened, Failure> {
    let mut conn = app.pool.get().await?;
    let now = app.clock.now();
    let hash = rules::hash_token(&body.refresh_token);
    let issued = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let Some(presented) = store::lock_presented(conn, &hash).await? else {
            return Ok(None);
        };
        let verdict = rules::judge_refresh(
            presented.superseded_at,
            presented.is_preceding,
            presented.successor_used_at,
            presented.device_key.is_some(),
            now,
        );
        let is_wanting = presented
            .device_key
            .as_ref()
            .is_some_and(|key| !rules::is_proven(key, body, now));
        if is_wanting && verdict != rules::Refresh::Reused {
            return Err(IdentityProblem::ProofNeeded.into());
        }
        match verdict {
            rules::Refresh::Rotate => store::supersede_pair(conn, &presented.access_hash).await?,
            rules::Refresh::Reissue => {
                store::delete_current_pair(conn, presented.family_id).await?;
            }
            rules::Refresh::Reused => {
                let family = Families::One(presented.family_id);
                store::end_families(conn, presented.account.account_id, family, "reused").await?;
                tracing::warn!(family_id = %presented.family_id, "an old refresh token came back: its sign-in is ended");
                return Ok(None);
            }
        }
        let pair = NewPair::issue(now, presented.family_ends_at);
        store::insert_pair(conn, presented.family_id, &pair).await?;
        Ok(Some((presented.account, pair)))
    })
    .await?;
    let (account, pair) = issued.ok_or(IdentityProblem::SessionEnded)?;
    Ok(Opened { account, pair })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
