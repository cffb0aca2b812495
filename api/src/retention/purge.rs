//! Purging, once a night or when somebody asks.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::rules::{Kind, Schedule};
use super::{people, store};
use crate::app::App;
use crate::db::purge::{Due, Purge};
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::http::idempotency;
use crate::privacy::audit;
use crate::privacy::keys::Keys;
use crate::{booking, campaign, contract, identity, notice, rights, sync, tracking, verification};

/// Rows that one transaction purges: some ten milliseconds of work.
const BATCH: i64 = 500;

/// What becomes of a kind, as its feature says.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    Sql(Purge),
    /// Whoever is due is forgotten, as if they had asked for it.
    Forget,
}

impl Way {
    async fn count(self, conn: &mut Conn, before: DateTime<Utc>) -> Result<Due, Failure> {
        Ok(match self {
            Self::Sql(purge) => purge.count(conn, before).await?,
            Self::Forget => people::count(conn, before).await?,
        })
    }

    /// Purges some, in the caller's transaction.
    async fn run(
        self,
        conn: &mut Conn,
        keys: &Keys,
        before: DateTime<Utc>,
    ) -> Result<usize, Failure> {
        Ok(match self {
            Self::Sql(purge) => purge.run(conn, before, BATCH).await?,
            Self::Forget => people::forget_some(conn, keys, before).await?,
        })
    }

    /// Fewer than that, and there are no more.
    fn batch(self) -> i64 {
        match self {
            Self::Sql(_) => BATCH,
            Self::Forget => people::AT_ONCE,
        }
    }
}

/// What becomes of a kind.
pub fn way_of(kind: Kind) -> Way {
    Way::Sql(match kind {
        Kind::People => return Way::Forget,
        Kind::AppointmentNames => booking::retention::APPOINTMENT_NAMES,
        Kind::TicketNames => booking::retention::TICKET_NAMES,
        Kind::Notices => notice::retention::SETTLED,
        Kind::Waitlist => booking::retention::WAITLIST,
        Kind::RequestNames => tracking::retention::REQUEST_NAMES,
        Kind::Holds => booking::retention::HOLDS,
        Kind::LimitLifts => booking::retention::LIMIT_LIFTS,
        Kind::SavedAnswers => idempotency::OLD,
        Kind::Sessions => identity::retention::SESSIONS,
        Kind::SignInBrakes => identity::retention::SIGN_IN_BRAKES,
        Kind::KnownDevices => identity::retention::KNOWN_DEVICES,
        Kind::OneTimeCodes => identity::retention::ONE_TIME_CODES,
        Kind::Devices => tracking::retention::DEVICES,
        Kind::Quarantine => tracking::retention::QUARANTINE,
        Kind::Tombstones => sync::retention::TOMBSTONES,
        Kind::RosterEntries => tracking::retention::ROSTER_ENTRIES,
        Kind::UnmetPeople => tracking::retention::UNMET_PEOPLE,
        Kind::Notes => tracking::retention::NOTES,
        Kind::WorkReasons => tracking::retention::REASONS,
        Kind::ExportReasons => tracking::retention::EXPORT_REASONS,
        Kind::TrustReasons => verification::retention::REASONS,
        Kind::SignalNotes => verification::retention::SIGNAL_NOTES,
        Kind::StoppedAccounts => identity::retention::STOPPED_ACCOUNTS,
        Kind::DataReportWords => tracking::retention::DATA_REPORT_WORDS,
        Kind::ActivityTexts => tracking::retention::ACTIVITY_TEXTS,
        Kind::MemberCounts => campaign::retention::MEMBER_COUNTS,
        Kind::VillageAssignments => tracking::retention::VILLAGE_ASSIGNMENTS,
        Kind::PersonAssignments => tracking::retention::PERSON_ASSIGNMENTS,
        Kind::Transfers => tracking::retention::TRANSFERS,
        Kind::RightsRequests => rights::retention::SETTLED,
        Kind::Recounts => tracking::recounts::store::NIGHTS,
        Kind::DeprecatedCalls => contract::store::OLD_CALLS,
        Kind::RetentionRuns => store::RUNS,
    })
}

/// One night's work.
///
/// # Errors
/// When the database cannot; what was purged until then stays so.
pub async fn once(app: &App) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let (schedule, now) = (&app.config.retention, app.clock.now());
    for (kind, purged) in purge_all(&mut conn, &app.keys, schedule, now).await? {
        if purged > 0 {
            tracing::info!(kind = kind.as_str(), purged, "old records were purged");
        }
    }
    Ok(())
}

/// What a purge would do now, by kind.
///
/// # Errors
/// When the database cannot.
pub async fn count_all(
    conn: &mut Conn,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<Vec<(Kind, Due)>, Failure> {
    let mut all = Vec::with_capacity(Kind::ALL.len());
    for kind in Kind::ALL {
        let due = way_of(*kind)
            .count(conn, schedule.before(*kind, now))
            .await?;
        all.push((*kind, due));
    }
    Ok(all)
}

/// Purges every kind, and gives how many of each. Several processes may do so at once. A kind that cannot be purged
/// keeps no other.
///
/// # Errors
/// The first failure, once every kind was tried; what was purged stays so.
pub async fn purge_all(
    conn: &mut Conn,
    keys: &Keys,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<Vec<(Kind, i64)>, Failure> {
    let mut all = Vec::with_capacity(Kind::ALL.len());
    let mut first_failure = None;
    for kind in Kind::ALL {
        match purge(conn, keys, *kind, schedule, now).await {
            Ok(purged) => all.push((*kind, purged)),
            Err(failure) => {
                tracing::error!(kind = kind.as_str(), cause = ?failure.cause(), "old records cannot be purged");
                first_failure.get_or_insert(failure);
            }
        }
    }
    match first_failure {
        Some(failure) => Err(failure),
        None => Ok(all),
    }
}

/// Purges one kind, batch by batch, each with its line in the audit trail.
async fn purge(
    conn: &mut Conn,
    keys: &Keys,
    kind: Kind,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<i64, Failure> {
    let (before, days) = (schedule.before(kind, now), schedule.days(kind));
    let way = way_of(kind);
    let mut sum = 0;
    loop {
        let purged = db::transaction::<_, Failure>(conn, async |conn| {
            let purged = way.run(conn, keys, before).await?;
            let purged = i64::try_from(purged).unwrap_or(i64::MAX);
            if purged > 0 {
                let object = format!("retention:{}", kind.as_str());
                let detail = json!({ "purged": purged, "days": days });
                audit::record(conn, None, "retention.purge", &object, detail).await?;
            }
            Ok(purged)
        })
        .await?;
        sum += purged;
        if purged < way.batch() {
            break;
        }
        // The day's work goes first.
        tokio::task::yield_now().await;
    }
    store::insert_run(conn, kind, sum).await?;
    Ok(sum)
}
