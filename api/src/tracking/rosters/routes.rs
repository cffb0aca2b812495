//! Importing lists, seeing them, taking them back.

use actix_web::{HttpResponse, get, post, web};
use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::roster::{ImportedRoster, ROSTER_BYTES_MAX, Roster, Workbook};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::import::{self, NewList};
use super::problem::RosterProblem;
use super::store::{self, RosterRow};
use super::write::{self, Request};
use crate::app::App;
use crate::db;
use crate::http::extract::{Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::idempotency::{self, OptionalKey, Press};
use crate::http::limit::Rate;
use crate::http::page::{Paging, page};
use crate::http::table::TableFile;
use crate::identity::Caller;
use crate::identity::permission::ImportRosters;
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(import_roster)
        .service(list_rosters)
        .service(undo_roster);
}

/// A file is tried some times before it fits.
const IMPORTS: Rate = Rate {
    name: "rosters",
    per_hour: 120,
    burst: 30,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RosterWish {
    /// Within which unit villages are looked for by name; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// What the list is called. May be left out of a dry run, like the next two.
    #[param(min_length = 1, max_length = 120, example = "Thanh niên sinh năm 2008")]
    list_name: Option<String>,
    /// The document that it comes from: the ground on which these people may be kept.
    #[param(
        min_length = 1,
        max_length = 200,
        example = "Công văn 15/CAX của Công an xã"
    )]
    list_source: Option<String>,
    /// The date of that document.
    listed_on: Option<NaiveDate>,
    /// Whether the document says that the owners of the phones agreed to be called; a column "Đồng ý" says it
    /// line by line. A phone without it is not kept.
    #[serde(default)]
    phones_agreed: bool,
    /// True: say line by line what would happen, and write nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Import a list of people who are expected in villages, from a CSV file or a workbook (.xlsx).
///
/// Columns are known by their Vietnamese names, in any order, below titles if there are some: họ tên (or họ đệm
/// and tên), ngày sinh or năm sinh, giới tính, số CCCD or số định danh, điện thoại, thôn or khu phố, xã or
/// phường, nhóm, có điện thoại thông minh, đồng ý. Others are told and not read. A person is meant by the ID
/// number, or without one by name, year of birth and village; the number itself is never kept. Zeros that a
/// spreadsheet dropped are put back and told; what cannot be known is refused, with what mends it. At most
/// 20,000 lines and 8 MB, UTF-8 or UTF-16. All or nothing: with one line that is refused nothing is written. A
/// dry run needs no key.
#[utoipa::path(tag = "rosters", security(("session" = [])),
    params(RosterWish, ("Idempotency-Key" = Option<Uuid>, Header, description = "A new UUID for each press of the button; a dry run needs none.")),
    request_body(content(
        (String = "text/csv", example = "Họ tên,Năm sinh,Giới tính,Số CCCD,Điện thoại,Thôn,Xã,Nhóm\nNguyễn Thị Thử,1990,Nữ,058190000123,0912345678,Thôn Tà Lú 1,Xã Bác Ái Đông,đoàn viên\n"),
        (Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    responses((status = OK, description = "What became of the file, or would become.", body = ImportedRoster), RosterProblem))]
#[post("/rosters")]
async fn import_roster(
    app: web::Data<App>,
    caller: Caller<ImportRosters>,
    key: OptionalKey,
    asked: Query<RosterWish>,
    file: TableFile<ROSTER_BYTES_MAX>,
) -> Result<HttpResponse, Failure> {
    app.limiter.admit(IMPORTS, &caller.actor()).await?;
    let (list, dry_run) = check(&app, &caller, asked.0).await?;
    let key = match (dry_run, key.0) {
        (false, None) => return Err(idempotency::missing()),
        (_, key) => key,
    };
    let file_hash = app.keys.lasting_mac("roster/v1", &[&file.0]);
    let said = request_of(&list, &file_hash);
    let actor = caller.actor();
    let press = key.map(|key| Press {
        actor: &actor,
        key,
        request: &said,
    });
    if let Some(press) = press.filter(|_| !dry_run) {
        let mut conn = app.pool.get().await?;
        if let Some(answer) = idempotency::find(&mut conn, &app.keys, press).await? {
            return Ok(answer.answer(true));
        }
    }
    let content = import::read(&app, &list, file.0).await?;
    let rehearsal = import::rehearse(&app, content).await?;
    let Some(press) = press.filter(|_| !dry_run && rehearsal.is_whole()) else {
        // It says of whom something is known already.
        let mut conn = app.pool.get().await?;
        let object = format!("unit:{}", list.unit_id);
        let actor = Some(caller.account_id);
        audit::record(&mut conn, actor, "tracking.rehearse_roster", &object, ()).await?;
        return Ok(HttpResponse::Ok().json(rehearsal.told(None)));
    };
    let request = Request {
        press,
        file_hash: &file_hash,
    };
    let pressed = write::write(&app, &list, &request, rehearsal).await?;
    Ok(pressed.answer())
}

/// All that was asked, so that a key stands for one list.
fn request_of(list: &NewList, file_hash: &[u8]) -> Vec<u8> {
    let NewList {
        unit_id,
        name,
        source,
        made_on,
        phones_agreed,
        ..
    } = list;
    let wish = json!([unit_id, name, source, made_on, phones_agreed]).to_string();
    [wish.as_bytes(), file_hash].concat()
}

/// The list that is meant and whether it is only rehearsed, or all that is wrong with it.
async fn check(
    app: &App,
    caller: &Caller<ImportRosters>,
    asked: RosterWish,
) -> Result<(NewList, bool), Failure> {
    let today = local_day(app.clock.now());
    let unit_id = asked.unit_id.unwrap_or(caller.unit_id);
    let geography = app.fresh_geography().await?;
    caller.require_unit(&geography, unit_id, today)?;
    let mut faults = Vec::new();
    let mut words = |given: Option<String>, pointer: &'static str, max: usize| {
        let text = given.unwrap_or_default().trim().to_owned();
        let enough = asked.dry_run || !text.is_empty();
        if !enough || text.chars().count() > max || text.chars().any(char::is_control) {
            faults.push(FieldError::new(
                pointer,
                "LENGTH",
                format!("Ghi tên danh sách và văn bản làm căn cứ, tối đa {max} ký tự."),
                format!("Say what the list is called and which document it comes from, in at most {max} characters."),
            ));
        }
        text
    };
    let name = words(asked.list_name, "?list_name", 120);
    let source = words(asked.list_source, "?list_source", 200);
    let early = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or(NaiveDate::MIN);
    let fits = asked
        .listed_on
        .map_or(asked.dry_run, |day| (early..=today).contains(&day));
    if !fits {
        faults.push(FieldError::new(
            "?listed_on",
            "RANGE",
            "Ghi ngày của văn bản, từ năm 2020 đến hôm nay.",
            "Give the date of the document, from 2020 until today.",
        ));
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    let list = NewList {
        unit_id,
        name,
        source,
        made_on: asked.listed_on.unwrap_or(today),
        phones_agreed: asked.phones_agreed,
        by: caller.account_id,
    };
    Ok((list, asked.dry_run))
}

/// List the lists of one's unit, the newest first, those that were undone too.
#[utoipa::path(tag = "rosters", params(Paging), security(("session" = [])), responses(
    (status = OK, description = "A page of lists.", body = Page<Roster>)))]
#[get("/rosters")]
async fn list_rosters(
    app: web::Data<App>,
    caller: Caller<ImportRosters>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<Roster>>, Failure> {
    let query = paging.of(&app.keys, "rosters")?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let units = geography.all_answered_for(caller.unit_id, local_day(app.clock.now()));
    let rows = store::list_rosters(&mut conn, &units, query.after()?, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.roster_id);
    Ok(web::Json(Page {
        items: page.items.into_iter().map(told).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn told(row: RosterRow) -> Roster {
    Roster {
        roster_id: row.roster_id,
        unit_id: row.unit_id,
        name: row.name,
        source: row.source,
        made_on: row.made_on,
        entries: row.entries.unsigned_abs(),
        imported_by: row.imported_by,
        imported_at: row.imported_at,
        undone_by: row.undone_by,
        undone_at: row.undone_at,
    }
}

/// Take a list back, while nobody has worked on the people whom it brought.
///
/// They are forgotten with it; those who were known before stay. One that was undone already is answered alike.
#[utoipa::path(tag = "rosters", security(("session" = [])),
    params(("roster_id" = Uuid, Path, description = "Which list."),
        ("Idempotency-Key" = Option<Uuid>, Header, description = "May be left out: undoing twice is undoing once.")),
    responses((status = OK, description = "The list.", body = Roster), RosterProblem))]
#[post("/rosters/{roster_id}/undo")]
async fn undo_roster(
    app: web::Data<App>,
    caller: Caller<ImportRosters>,
    path: Path<Uuid>,
    _key: OptionalKey,
) -> Result<web::Json<Roster>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let now = app.clock.now();
    let row = db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::serialize(conn).await?;
        let found = store::find_roster(conn, path.0).await?;
        let mut row = found.ok_or(CommonProblem::NotFound)?;
        caller.require_answerable(&geography, row.unit_id, local_day(now))?;
        if row.undone_at.is_none() {
            store::undo_roster(conn, path.0, caller.account_id, now).await?;
            let (actor, object) = (Some(caller.account_id), format!("roster:{}", path.0));
            audit::record(conn, actor, "tracking.undo_roster", &object, ()).await?;
            (row.undone_by, row.undone_at) = (Some(caller.account_id), Some(now));
        }
        Ok(row)
    })
    .await?;
    Ok(web::Json(told(row)))
}
