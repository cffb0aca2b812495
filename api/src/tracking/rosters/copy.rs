//! What lists say of a citizen, told to the citizen.

use chrono::NaiveTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::PersonId;
use mobile_contracts::rights::CopyEntry;
use uuid::Uuid;

use super::import::row_of;
use crate::db::Conn;
use crate::db::schema::{roster, roster_entry};
use crate::http::failure::Failure;
use crate::privacy::keys::{Keys, Place};

/// What one list says of one person, and where it comes from.
#[derive(Queryable, Selectable)]
#[diesel(table_name = roster_entry)]
struct Listed {
    roster_id: Uuid,
    line: i32,
    name: Vec<u8>,
    phone: Option<Vec<u8>>,
    birth_year: i16,
    sex: Option<String>,
}

/// Every list that names one of these persons, with what it says of them.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn copy_of(
    conn: &mut Conn,
    keys: &Keys,
    persons: &[PersonId],
) -> Result<Vec<CopyEntry>, Failure> {
    let rows: Vec<(Listed, (String, String, chrono::NaiveDate))> = roster_entry::table
        .inner_join(roster::table)
        .filter(roster_entry::person_id.eq_any(persons))
        .select((
            Listed::as_select(),
            (roster::name, roster::source, roster::made_on),
        ))
        .order((roster::made_on, roster_entry::roster_id, roster_entry::line))
        .load(conn)
        .await?;
    let mut entries = Vec::new();
    for (listed, (name, source, made_on)) in rows {
        let at = Some(made_on.and_time(NaiveTime::MIN).and_utc());
        let row = row_of(listed.roster_id, listed.line);
        let open = |column: &'static str, stored: &[u8]| {
            let place = Place { column, row: &row };
            keys.decrypt(&place, stored).map_err(Failure::internal)
        };
        let phone = listed.phone.as_deref();
        let said = [
            ("list", Some(format!("{name}, {source}"))),
            ("name", Some(open("roster_entry.name", &listed.name)?)),
            (
                "phone",
                phone
                    .map(|phone| open("roster_entry.phone", phone))
                    .transpose()?,
            ),
            ("birth_year", Some(listed.birth_year.to_string())),
            ("sex", listed.sex),
        ];
        let told = said.into_iter();
        entries.extend(
            told.filter_map(|(field, value)| Some(CopyEntry::new("list", field, &value?, at))),
        );
    }
    Ok(entries)
}
