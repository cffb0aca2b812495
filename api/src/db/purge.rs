//! Old rows: counted, and deleted or emptied a bounded number at a time.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;

/// What becomes of one kind of old rows, in the words of the feature whose table it is.
#[derive(Debug, Clone, Copy)]
pub struct Purge {
    /// Selects `due` and `oldest_at` of what is older than `$1`.
    pub due: &'static str,
    /// Deletes or empties what is older than `$1`, the oldest first, at most `$2`. What somebody else has
    /// locked is passed over: nobody waits for a purge, and a purge for nobody.
    pub purge: &'static str,
}

/// What a purge would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::QueryableByName)]
pub struct Due {
    #[diesel(sql_type = BigInt)]
    pub due: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_at: Option<DateTime<Utc>>,
}

impl Purge {
    /// How many are older, and the oldest of them.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn count(&self, conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<Due> {
        diesel::sql_query(self.due)
            .bind::<Timestamptz, _>(before)
            .get_result(conn)
            .await
    }

    /// Purges some of them, and gives how many.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn run(
        &self,
        conn: &mut Conn,
        before: DateTime<Utc>,
        limit: i64,
    ) -> QueryResult<usize> {
        diesel::sql_query(self.purge)
            .bind::<Timestamptz, _>(before)
            .bind::<BigInt, _>(limit)
            .execute(conn)
            .await
    }
}
