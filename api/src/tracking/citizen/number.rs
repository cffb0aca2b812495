//! Whoever is nobody here yet, and does not want to be worked with once they are: known by their number alone.

use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{PersonId, UnitId};
use uuid::Uuid;

use crate::db::schema::{person, restricted_number};
use crate::db::{Conn, app_now, prepared};
use crate::tracking::batch::raced;

/// Restricts whoever will be recorded by this number, in the caller's transaction.
///
/// # Errors
/// When somebody was recorded by it meanwhile: run it again, and restrict them. When the database cannot.
pub async fn restrict_number(
    conn: &mut Conn,
    blind: &[u8],
    request_id: Uuid,
    unit_id: UnitId,
) -> Result<(), Error> {
    diesel::insert_into(restricted_number::table)
        .values((
            restricted_number::subject_blind.eq(blind),
            restricted_number::rights_request_id.eq(request_id),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    hold_place(conn, blind, unit_id).await
}

/// Two cannot have one number. So somebody who is being recorded by it right now is waited for here, and found; and
/// whoever records them from now on waits for this transaction, and sees what it wrote. The row itself stays nowhere.
async fn hold_place(conn: &mut Conn, blind: &[u8], unit_id: UnitId) -> Result<(), Error> {
    let person_id = PersonId(Uuid::now_v7());
    let held = diesel::insert_into(person::table)
        .values((
            person::person_id.eq(person_id),
            person::subject_blind.eq(blind),
            person::village_id.eq(unit_id),
            person::consent_method.eq("list"),
            person::consent_at.eq(app_now()),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if held == 0 {
        return Err(raced());
    }
    diesel::delete(person::table.find(person_id))
        .execute(conn)
        .await?;
    Ok(())
}

/// Restricts those of these persons who were just made by such a number.
///
/// # Errors
/// When the database cannot.
pub async fn restrict_made(conn: &mut Conn, persons: &[PersonId]) -> QueryResult<()> {
    prepared(
        diesel::sql_query(
            "update person p set restricted_at = r.restricted_at
             from restricted_number r
             where p.subject_blind = r.subject_blind and p.restricted_at is null
                 and p.person_id = any($1)",
        )
        .bind::<Array<SqlUuid>, _>(persons),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets whoever a request restricted be recorded as anybody: gives by which number, if it was by one.
///
/// # Errors
/// When the database cannot.
pub async fn free_number(conn: &mut Conn, request_id: Uuid) -> QueryResult<Option<Vec<u8>>> {
    diesel::delete(
        restricted_number::table.filter(restricted_number::rights_request_id.eq(request_id)),
    )
    .returning(restricted_number::subject_blind)
    .get_result(conn)
    .await
    .optional()
}

/// Forgets these numbers, whoever restricted them.
///
/// # Errors
/// When the database cannot.
pub async fn forget_numbers(conn: &mut Conn, blinds: &[Vec<u8>]) -> QueryResult<()> {
    diesel::delete(
        restricted_number::table.filter(restricted_number::subject_blind.eq_any(blinds)),
    )
    .execute(conn)
    .await?;
    Ok(())
}
