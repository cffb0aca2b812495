//! The badge: six digits on a volunteer's phone that a householder types on a public page to find out who stands
//! at the door.
//!
//! A code is a row that one person holds for a minute, and the primary key is the rule that no two hold the same.
//! It is not computed from who holds it and the minute: six digits of a hash collide among some thousand
//! volunteers, and a permutation that does not would make the code of every volunteer good at every moment, so
//! that a made-up number names a real one as often as there are volunteers. Here only who shows a badge has a
//! code.
//!
//! One clock decides, the database's: phones are told seconds that are left, never an hour. Redis only counts
//! attempts; without it each process counts its own.

pub mod pages;
pub mod routes;
pub mod rules;
pub mod store;

use actix_web::HttpRequest;
use mobile_contracts::badge::BadgeHolder;
use mobile_contracts::calendar::local_day;

use super::permission::{Permission, RecordWork};
use super::problem::IdentityProblem::BadgeUnknown;
use crate::app::App;
use crate::http::client;
use crate::http::failure::Failure;
use crate::http::limit::Rate;

/// A household asks once or twice; a whole mobile network may stand behind one address.
const CHECKS_PER_ADDRESS: Rate = Rate {
    name: "badge-checks",
    per_hour: 1_200,
    burst: 100,
};

/// Codes that nobody shows: with a hundred badges shown, whoever makes up numbers at one address hits one in more
/// than a day.
const MISSES_PER_ADDRESS: Rate = Rate {
    name: "badge-misses",
    per_hour: 300,
    burst: 30,
};

/// Of everybody together: somebody with many addresses hits one in three hours. Right codes cost nothing of it,
/// so that no day of many households closes the check.
const MISSES: Rate = Rate {
    name: "badge-misses-of-all",
    per_hour: 3_600,
    burst: 300,
};

/// Who shows this code now. A code that nobody ever showed and one whose minute is over are answered alike, after
/// the same one query.
///
/// # Errors
/// [`BadgeUnknown`]; 422 for what is no code; 429 after too many attempts.
pub async fn check(app: &App, request: &HttpRequest, code: &str) -> Result<BadgeHolder, Failure> {
    let code = rules::parse(code)?;
    let address = client::of(request, &app.config.http).map(|address| address.to_string());
    let address = address.as_deref().unwrap_or("local");
    app.limiter.admit(CHECKS_PER_ADDRESS, address).await?;
    // Whoever has missed too often is not told of a hit either.
    app.limiter.foresee(MISSES_PER_ADDRESS, address).await?;
    app.limiter.foresee(MISSES, "all").await?;
    let mut conn = app.pool.get().await?;
    let holder = store::find_holder(&mut conn, code).await?;
    let account = match holder {
        Some(account_id) => super::find_account(&mut conn, account_id).await?,
        None => None,
    };
    // Whoever was stopped since shows nothing any more.
    let shown =
        account.filter(|own| own.disabled_at.is_none() && RecordWork::ROLES.contains(&own.role()));
    let Some(account) = shown else {
        app.limiter.admit(MISSES_PER_ADDRESS, address).await?;
        app.limiter.admit(MISSES, "all").await?;
        return Err(BadgeUnknown.into());
    };
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let unit_id = rules::told_unit(&geography, account.unit_id, today);
    Ok(BadgeHolder {
        given_name: rules::given_name(&account.name(&app.keys)?),
        mass_union: account.mass_union.clone(),
        unit_label: geography.label_on(unit_id, today),
    })
}
