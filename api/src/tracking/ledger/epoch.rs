//! New lives of the database: after a restore phones must learn that time went back, or they never send
//! again what was lost, and their cursors skip what is written now.

use diesel::result::Error;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::store::{Epoch, get_epoch};
use crate::db::{self, Conn};
use crate::privacy::audit;

/// Where a life is lived: no two of these are equal before and after a restore, but for a disk that was put
/// back as it was.
macro_rules! new_epoch {
    () => {
        "insert into sync_epoch (system_identifier, timeline, database_oid, table_oid)
         select here.* from (
             select c.system_identifier::text,
                 ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer,
                 (select oid from pg_database where datname = current_database())::bigint,
                 'sync_epoch'::regclass::oid::bigint
             from pg_control_system() c
         ) here (system_identifier, timeline, database_oid, table_oid)"
    };
}

/// What a restore from a backup runs last, whatever release the backup is of: the start after it writes down
/// where it stands.
pub const RESTORED: &str = "insert into sync_epoch (system_identifier) \
     select system_identifier::text from pg_control_system()";

/// Who was erased: a restore tells of whom the backup knows nothing of it.
pub const ERASED: &str = "select person_id from person where erased_at is not null";

const IF_MOVED: &str = concat!(
    new_epoch!(),
    " cross join (select * from sync_epoch order by epoch desc limit 1) e
      where (here.system_identifier, here.timeline, here.database_oid, here.table_oid)
          is distinct from (e.system_identifier, e.timeline, e.database_oid, e.table_oid)"
);

/// Begins a new life because somebody says so: what was restored cannot always tell.
///
/// # Errors
/// When the database cannot.
pub async fn begin_epoch(conn: &mut Conn) -> Result<Epoch, Error> {
    begin(conn, new_epoch!(), "asked")
        .await?
        .ok_or(Error::NotFound)
}

/// Begins a new life when the database stands elsewhere than before; gives it if so.
///
/// # Errors
/// When the database cannot.
pub async fn begin_epoch_if_moved(conn: &mut Conn) -> Result<Option<Epoch>, Error> {
    begin(conn, IF_MOVED, "moved").await
}

/// Begins a new life after this one, unless somebody has: a phone has seen what this one has not come to yet.
///
/// # Errors
/// When the database cannot.
pub async fn begin_epoch_after(conn: &mut Conn, known: Epoch) -> Result<Option<Epoch>, Error> {
    let sql = format!(
        "{} where {} = (select max(epoch) from sync_epoch)",
        new_epoch!(),
        known.number
    );
    begin(conn, &sql, "wound back").await
}

async fn begin(conn: &mut Conn, sql: &str, why: &'static str) -> Result<Option<Epoch>, Error> {
    db::transaction::<_, Error>(conn, async |conn| {
        if diesel::sql_query(sql).execute(conn).await? == 0 {
            return Ok(None);
        }
        let epoch = get_epoch(conn).await?;
        let (object, detail) = (format!("sync_epoch:{epoch}"), json!({ "why": why }));
        audit::record(conn, None, "sync.begin_epoch", &object, detail).await?;
        tracing::warn!(%epoch, why, "a new life of the database began: phones pull and send again");
        Ok(Some(epoch))
    })
    .await
}
