//! Whether targets are still as somebody saw them who changes them now: the tag of what was listed, and what a change
//! compares it with (`If-Match`, RFC 9110, 13.1.1).

use actix_web::HttpRequest;
use actix_web::http::header::IF_MATCH;
use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::ids::UnitId;

use super::problem::SeenProblem;
use super::targets;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::etag;
use crate::http::failure::Failure;
use crate::identity::Caller;
use crate::identity::permission::ManageTargets;

/// What `If-Match` asks for, in words of the document.
pub const MEANING: &str = "The ETag of `GET /targets` as it was last read. Where any target that it lists was changed since, nothing is done and the answer is 412: read again, show the difference, and let a person decide. Left out: the last word stands.";

/// Each tag is compared with all targets of its unit; nobody has seen more listings than these.
const TAGS_MAX: usize = 8;

/// The tag of all targets of a unit and of everything within it, whichever of them are listed: it says of which unit.
///
/// # Errors
/// When the database cannot.
pub async fn tag(
    conn: &mut Conn,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> QueryResult<String> {
    let units = geography.all_within(unit_id, today);
    let all = targets::list_targets(conn, &units, None, None, 0, i64::MAX).await?;
    let state = etag::of(&all);
    Ok(format!("\"{unit_id}.{}\"", state.trim_matches('"')))
}

/// What the writer of a change had before their eyes.
pub struct Seen(Vec<String>);

impl Seen {
    /// The tags of a request; none: whatever there is may be changed.
    pub fn by(request: &HttpRequest) -> Self {
        let given = request.headers().get_all(IF_MATCH);
        // What cannot be read is no tag of ours, and no leave to change whatever there is.
        let tags = given.flat_map(|tags| tags.to_str().unwrap_or_default().split(','));
        let tags = tags.map(|tag| tag.trim().to_owned());
        Self(tags.filter(|tag| tag != "*").take(TAGS_MAX).collect())
    }

    /// In the transaction of the change, which holds [`targets::lock`].
    ///
    /// # Errors
    /// [`SeenProblem::TargetsChanged`], and when the tag is of a unit that is not theirs.
    pub async fn require(
        &self,
        conn: &mut Conn,
        caller: &Caller<ManageTargets>,
        geography: &Geography,
        today: NaiveDate,
    ) -> Result<(), Failure> {
        if self.0.is_empty() {
            return Ok(());
        }
        for seen in &self.0 {
            let unit = seen.trim_matches('"').split('.').next().unwrap_or_default();
            let Ok(unit_id) = unit.parse().map(UnitId) else {
                continue;
            };
            caller.require_unit(geography, unit_id, today)?;
            if tag(conn, geography, unit_id, today).await? == *seen {
                return Ok(());
            }
        }
        Err(SeenProblem::TargetsChanged.into())
    }
}
