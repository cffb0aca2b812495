//! The demo's offices: seven police posts of today's communes, and a mobile team that is always
//! open, so that there is a slot today whenever the demo is tried.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{OfficeHours, OpenOffice};
use mobile_contracts::calendar::local_day;

use crate::booking::offices::store::{insert_office, replace_hours};
use crate::db::Conn;
use crate::db::schema::{office, office_service};
use crate::geography::Geography;
use crate::http::failure::Failure;

/// Official codes of the communes with a post.
const POSTS: [&str; 7] = [
    "22759", "22786", "22795", "22801", "22810", "22870", "22897",
];
/// Where the mobile team stands.
const MOBILE_AT: &str = "22759";
const SERVICES: [&str; 5] = [
    "cccd_new",
    "cccd_renew",
    "cccd_reissue",
    "level2",
    "id_notice",
];

/// Opens them all.
///
/// # Errors
/// When the database cannot, or a commune is not there.
pub async fn load_offices(
    conn: &mut Conn,
    tree: &Geography,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let today = local_day(now);
    for code in POSTS {
        let unit_id = commune(tree, code, now)?;
        let name = tree.name_on(unit_id, today);
        let new = OpenOffice {
            unit_id,
            name: format!("Công an {} (thử)", lower_first(&name)),
            kind: "fixed".to_owned(),
            address: format!("Trụ sở Công an {}", lower_first(&name)),
            directions: "Cạnh Ủy ban nhân dân; quầy tiếp nhận ở tầng một, bên phải cửa vào."
                .to_owned(),
            services: SERVICES.map(str::to_owned).to_vec(),
        };
        let office_id = insert_office(conn, &new).await?;
        replace_hours(conn, office_id, &post_hours()).await?;
        diesel::update(office_service::table.find((office_id, "level2")))
            .set(office_service::note.eq("Nhớ sạc điện thoại; máy chủ gửi tin nhắn xác nhận."))
            .execute(conn)
            .await?;
    }
    let new = OpenOffice {
        unit_id: commune(tree, MOBILE_AT, now)?,
        name: "Tổ lưu động (thử, mở cả ngày)".to_owned(),
        kind: "mobile".to_owned(),
        address: "Nhà văn hóa khu phố, theo lịch lưu động".to_owned(),
        directions: "Xe có biển Tổ 06, đỗ trước nhà văn hóa.".to_owned(),
        services: SERVICES.map(str::to_owned).to_vec(),
    };
    let office_id = insert_office(conn, &new).await?;
    replace_hours(conn, office_id, &all_day()).await?;
    // Short slots without lead time: there is one today until ten minutes before midnight.
    diesel::update(office::table.find(office_id))
        .set((
            office::slot_min.eq(10),
            office::lead_min.eq(0),
            office::unverified_share.eq(100),
            office::open_on_holidays.eq(true),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

fn commune(
    tree: &Geography,
    code: &str,
    now: DateTime<Utc>,
) -> Result<mobile_contracts::ids::UnitId, Failure> {
    tree.by_code(code, local_day(now))
        .ok_or_else(|| Failure::internal(format!("the demo knows no unit {code}")))
}

/// `Xã Bác Ái` within a sentence: `xã Bác Ái`.
fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

/// Monday to Friday in two sessions, Saturday morning.
fn post_hours() -> Vec<OfficeHours> {
    let session = |weekday, session, opens_min, closes_min| OfficeHours {
        weekday,
        session,
        opens_min,
        closes_min,
        capacity: 4,
    };
    let mut hours = Vec::new();
    for weekday in 1..=6 {
        hours.push(session(weekday, 1, 450, 690));
        if weekday <= 5 {
            hours.push(session(weekday, 2, 810, 1020));
        }
    }
    hours
}

fn all_day() -> Vec<OfficeHours> {
    let session = |weekday, session, opens_min, closes_min| OfficeHours {
        weekday,
        session,
        opens_min,
        closes_min,
        capacity: 3,
    };
    (1..=7)
        .flat_map(|weekday| [session(weekday, 1, 0, 720), session(weekday, 2, 720, 1440)])
        .collect()
}
