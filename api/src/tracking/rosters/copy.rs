//! What lists say of a citizen, told to the citizen.

use chrono::NaiveTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::PersonId;
use mobile_contracts::rights::CopyEntry;

use super::listed::Line;
use crate::db::Conn;
use crate::db::schema::{roster, roster_entry};
use crate::http::failure::Failure;
use crate::privacy::keys::Keys;

/// Every list that names one of these persons, with what it says of them.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn copy_of(
    conn: &mut Conn,
    keys: &Keys,
    persons: &[PersonId],
) -> Result<Vec<CopyEntry>, Failure> {
    let rows: Vec<(Line, (String, String, chrono::NaiveDate))> = roster_entry::table
        .inner_join(roster::table)
        .filter(roster_entry::person_id.eq_any(persons))
        .select((
            Line::as_select(),
            (roster::name, roster::source, roster::made_on),
        ))
        .order((roster::made_on, roster_entry::roster_id, roster_entry::line))
        .load(conn)
        .await?;
    let mut entries = Vec::new();
    for (line, (name, source, made_on)) in rows {
        let at = Some(made_on.and_time(NaiveTime::MIN).and_utc());
        let said = [
            ("list", Some(format!("{name}, {source}"))),
            ("name", Some(line.name(keys).map_err(Failure::internal)?)),
            ("phone", line.phone(keys).map_err(Failure::internal)?),
            ("birth_year", Some(line.birth_year.to_string())),
            ("sex", line.sex),
        ];
        let told = said.into_iter();
        entries.extend(
            told.filter_map(|(field, value)| Some(CopyEntry::new("list", field, &value?, at))),
        );
    }
    Ok(entries)
}
