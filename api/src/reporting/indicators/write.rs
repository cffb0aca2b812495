//! Entering values: one correction a request where the period is closed, nothing where nothing changes.

use mobile_contracts::ids::AccountId;
use mobile_contracts::reporting::{EnteredValue, EnteredValues};
use serde_json::json;

use super::store::{self, Hand};
use crate::db::{self, Conn};
use crate::http::failure::{Failure, FieldError};
use crate::identity::Caller;
use crate::identity::permission::{IssueReports, Permission, Role};
use crate::privacy::audit;
use crate::reporting::departments;
use crate::reporting::periods::store::{PeriodRow, count_correction, lock_period};
use crate::reporting::problem::ReportingProblem::{NotYourFigures, PeriodClosed, RevisionPassed};

/// Why a closed period is corrected, as far as the role may.
///
/// # Errors
/// [`PeriodClosed`]; 422 without a reason.
pub fn reason_for<'a>(
    role: Role,
    period: &PeriodRow,
    reason: Option<&'a str>,
) -> Result<Option<&'a str>, Failure> {
    let is_closed = period.closed_at.is_some();
    if is_closed && !IssueReports::ROLES.contains(&role) {
        return Err(PeriodClosed.into());
    }
    let reason = reason.map(str::trim);
    let fits = |reason: &str| (5..=300).contains(&reason.chars().count());
    match reason {
        Some(reason) if fits(reason) => Ok(is_closed.then_some(reason)),
        None if !is_closed => Ok(None),
        _ => Err(Failure::invalid(vec![FieldError::new(
            "/reason",
            "LENGTH",
            "Kỳ đã chốt thì ghi lý do sửa, từ 5 đến 300 ký tự.",
            "Of a closed period, say why it is corrected, in 5 to 300 characters.",
        )])),
    }
}

/// Whether another revision stands than the one that whoever entered this has seen.
fn is_passed((value, next): &(&EnteredValue, i32)) -> bool {
    value
        .seen_revision
        .is_some_and(|seen| i64::from(seen) + 1 != i64::from(*next))
}

/// Refuses figures that another department answers for on the period's last day.
async fn require_own(
    conn: &mut Conn,
    by: AccountId,
    period: &PeriodRow,
    changed: &[(&EnteredValue, i32)],
) -> Result<(), Failure> {
    let departments = departments::store::list(conn, by).await?;
    if departments.is_empty() {
        return Ok(());
    }
    let catalogue = store::load_catalogue(conn).await?;
    let foreign = departments::rules::foreign(changed, &departments, &catalogue, period.ends_on);
    if foreign.is_empty() {
        return Ok(());
    }
    let names = foreign
        .iter()
        .map(|value| json!({ "code": value.code, "span": value.span }));
    let names: Vec<_> = names.collect();
    Err(Failure::from(NotYourFigures).with("figures", names))
}

/// Writes what is other than before, or only counts it.
///
/// # Errors
/// [`PeriodClosed`], [`RevisionPassed`] with the figures that somebody else wrote meanwhile, [`NotYourFigures`] with
/// those of other departments, or when the database cannot.
pub async fn enter<P: Permission>(
    conn: &mut Conn,
    caller: &Caller<P>,
    period: &PeriodRow,
    values: &[EnteredValue],
    reason: Option<&str>,
    dry_run: bool,
) -> Result<EnteredValues, Failure> {
    db::transaction::<_, Failure>(conn, async |conn| {
        let period = lock_period(conn, period.period_id).await?;
        let reason = reason_for(caller.role, &period, reason)?;
        let changed = store::list_changed(conn, period.period_id, values).await?;
        let passed: Vec<_> = changed.iter().filter(|own| is_passed(own)).collect();
        if !passed.is_empty() {
            let names = passed
                .iter()
                .map(|(value, _)| json!({ "code": value.code, "span": value.span }));
            let names: Vec<_> = names.collect();
            return Err(Failure::from(RevisionPassed).with("figures", names));
        }
        require_own(conn, caller.account_id, &period, &changed).await?;
        let told = EnteredValues {
            dry_run,
            changed: changed.len() as u32,
            unchanged: (values.len() - changed.len()) as u32,
            kept: 0,
            correction: None,
            refused: Vec::new(),
        };
        if dry_run || changed.is_empty() {
            return Ok(told);
        }
        let by = caller.account_id;
        let correction = write(conn, &period, &changed, reason, (by, false)).await?;
        let object = format!("reporting_period:{}", period.period_id);
        let said = json!({ "values": changed.len(), "correction": correction });
        audit::record(conn, Some(by), "reporting.enter_values", &object, said).await?;
        Ok(EnteredValues { correction, ..told })
    })
    .await
}

/// Writes revisions, for a reason as the next correction; the caller holds the period.
///
/// # Errors
/// When the database cannot.
pub async fn write(
    conn: &mut Conn,
    period: &PeriodRow,
    changed: &[(&EnteredValue, i32)],
    reason: Option<&str>,
    (by, fed): (AccountId, bool),
) -> Result<Option<i32>, Failure> {
    let correction = match reason {
        Some(reason) => Some((count_correction(conn, period.period_id).await?, reason)),
        None => None,
    };
    let hand = Hand {
        by,
        fed,
        correction,
    };
    store::insert_values(conn, period.period_id, changed, hand).await?;
    Ok(correction.map(|(number, _)| number))
}
