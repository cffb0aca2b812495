//! A citizen whom the bookings of others name: the relative who booked, whoever comes along with a child, and the reason
//! for which a limit was lifted.

use diesel::QueryResult;
use uuid::Uuid;

use super::store;
use crate::booking::appointments::store::AppointmentRow;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::free_text::Named;
use crate::privacy::keys::Keys;

/// Appointments that are read at once.
const AT_ONCE: i64 = 500;

/// Empties whatever names them, in the caller's transaction. Gives the appointments that lost their phone, for it was
/// theirs: what was sent there is about them too.
///
/// # Errors
/// When the database cannot, or a key is not configured.
pub async fn forget(conn: &mut Conn, keys: &Keys, named: &Named) -> Result<Vec<Uuid>, Failure> {
    empty_lifts(conn, named).await?;
    let mut unreached = Vec::new();
    let mut after = None;
    loop {
        let rows = store::list_accompanied(conn, after, AT_ONCE).await?;
        let is_last = (rows.len() as i64) < AT_ONCE;
        after = rows.last().map(|row| (row.starts_at, row.appointment_id));
        let (mut booked, mut guarded) = (Vec::new(), Vec::new());
        for row in &rows {
            if is_proxy(keys, row, named)? {
                booked.push(row.appointment_id);
                unreached.extend(row.phone_is_proxys.then_some(row.appointment_id.0));
            }
            let guardian = row.guardian_name(keys)?;
            if guardian.is_some_and(|guardian| named.is_in(&guardian)) {
                guarded.push(row.appointment_id);
            }
        }
        store::empty_proxies(conn, &booked).await?;
        store::empty_guardians(conn, &guarded).await?;
        if is_last {
            return Ok(unreached);
        }
    }
}

/// Whether they booked it for somebody else: by their name, or by their phone where it is the one that is called.
fn is_proxy(keys: &Keys, row: &AppointmentRow, named: &Named) -> Result<bool, Failure> {
    let Some(proxy) = row.proxy(keys)? else {
        return Ok(false);
    };
    let phone = row.phone(keys)?.filter(|_| row.phone_is_proxys);
    let is_theirs = phone.is_some_and(|phone| named.is_in(&phone.e164()));
    Ok(is_theirs || named.is_in(&proxy.name))
}

async fn empty_lifts(conn: &mut Conn, named: &Named) -> QueryResult<()> {
    let lifts = store::list_lift_reasons(conn).await?;
    let naming = lifts.into_iter().filter(|(_, reason)| named.is_in(reason));
    let ids: Vec<Uuid> = naming.map(|(id, _)| id).collect();
    store::empty_lift_reasons(conn, &ids).await
}
