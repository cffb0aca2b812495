//! Purging, once a night or when somebody asks.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::rules::{Kind, Schedule};
use super::store;
use crate::app::App;
use crate::db::purge::{Due, Purge};
use crate::db::{self, Conn};
use crate::http::failure::Failure;
use crate::http::idempotency;
use crate::privacy::audit;
use crate::{booking, campaign, identity, notice, rights, sync, tracking};

/// Rows that one transaction purges: some ten milliseconds of work.
const BATCH: i64 = 500;

/// What becomes of a kind, as its feature says.
pub fn purge_of(kind: Kind) -> Purge {
    match kind {
        Kind::AppointmentNames => booking::retention::APPOINTMENT_NAMES,
        Kind::TicketNames => booking::retention::TICKET_NAMES,
        Kind::Notices => notice::retention::SETTLED,
        Kind::Waitlist => booking::retention::WAITLIST,
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
        Kind::DataReportWords => tracking::retention::DATA_REPORT_WORDS,
        Kind::ActivityTexts => tracking::retention::ACTIVITY_TEXTS,
        Kind::MemberCounts => campaign::retention::MEMBER_COUNTS,
        Kind::VillageAssignments => tracking::retention::VILLAGE_ASSIGNMENTS,
        Kind::PersonAssignments => tracking::retention::PERSON_ASSIGNMENTS,
        Kind::Transfers => tracking::retention::TRANSFERS,
        Kind::RightsRequests => rights::retention::SETTLED,
        Kind::RetentionRuns => store::RUNS,
    }
}

/// One night's work.
///
/// # Errors
/// When the database cannot; what was purged until then stays so.
pub async fn once(app: &App) -> Result<(), Failure> {
    let mut conn = app.pool.get().await?;
    let (schedule, now) = (&app.config.retention, app.clock.now());
    for (kind, due) in count_all(&mut conn, schedule, now).await? {
        if due.due > 0 {
            tracing::info!(kind = kind.as_str(), due = due.due, oldest_at = ?due.oldest_at, "old records are purged");
        }
    }
    purge_all(&mut conn, schedule, now).await?;
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
        let due = purge_of(*kind)
            .count(conn, schedule.before(*kind, now))
            .await?;
        all.push((*kind, due));
    }
    Ok(all)
}

/// Purges every kind, and gives how many of each. Several processes may do so at once.
///
/// # Errors
/// When the database cannot; what was purged until then stays so.
pub async fn purge_all(
    conn: &mut Conn,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<Vec<(Kind, i64)>, Failure> {
    let mut all = Vec::with_capacity(Kind::ALL.len());
    for kind in Kind::ALL {
        all.push((*kind, purge(conn, *kind, schedule, now).await?));
    }
    Ok(all)
}

/// Purges one kind, batch by batch, each with its line in the audit trail.
async fn purge(
    conn: &mut Conn,
    kind: Kind,
    schedule: &Schedule,
    now: DateTime<Utc>,
) -> Result<i64, Failure> {
    let (before, days) = (schedule.before(kind, now), schedule.days(kind));
    let mut sum = 0;
    loop {
        let purged = db::transaction::<_, Failure>(conn, async |conn| {
            let purged = purge_of(kind).run(conn, before, BATCH).await?;
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
        if purged < BATCH {
            break;
        }
        // The day's work goes first.
        tokio::task::yield_now().await;
    }
    store::insert_run(conn, kind, sum).await?;
    Ok(sum)
}
