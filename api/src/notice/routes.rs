//! Whom nobody could tell, and how notices are getting out.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, post, web};
use mobile_contracts::ids::{AccountId, OfficeId};
use mobile_contracts::notice::{
    NoticeChannel, NoticeChannels, UnreachedNotice, UnreachedReason, WhosePhone,
};
use mobile_contracts::page::Page;
use mobile_contracts::phone::MobilePhone;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::kind::Kind;
use super::store::{self, Unreached};
use crate::app::App;
use crate::booking::{self, NoticeFacts, NoticeReason, own_office};
use crate::db::{self, Conn};
use crate::http::extract::{Path, Query};
use crate::http::failure::{CommonProblem, Failure};
use crate::http::page::{PageQuery, page};
use crate::identity::permission::RunDesk;
use crate::identity::{self, Caller};
use crate::privacy::audit;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_unreached)
        .service(mark_called)
        .service(show_notice_channels);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UnreachedFilter {
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List whom nobody could tell what they must know, so that somebody telephones.
///
/// A page may be shorter than asked for, and yet not the last: what is no longer so is left out. The
/// read is audited.
#[utoipa::path(tag = "notice", security(("session" = [])),
    params(("office_id" = OfficeId, Path, description = "Which office."), UnreachedFilter),
    responses((status = OK, description = "A page, oldest first.", body = Page<UnreachedNotice>)))]
#[get("/offices/{office_id}/desk/unreached")]
async fn list_unreached(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    filter: Query<UnreachedFilter>,
) -> Result<web::Json<Page<UnreachedNotice>>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let office_id = office.row.office_id;
    let (cursor, limit) = (filter.cursor.as_deref(), filter.limit);
    let query = PageQuery::read(&app.keys, "unreached", cursor, limit)?;
    let mut conn = app.pool.get().await?;
    let rows = store::list_unreached(&mut conn, office_id, query.after()?, query.rows()).await?;
    let rows = page(&app.keys, &query, rows, |row| row.notice_id);
    let items = tell(&app, &mut conn, rows.items).await?;
    let object = format!("office:{office_id}");
    let detail = json!({ "rows": items.len() });
    let actor = Some(caller.account_id);
    audit::record(&mut conn, actor, "notice.list_unreached", &object, detail).await?;
    Ok(web::Json(Page {
        items,
        next_cursor: rows.next_cursor,
    }))
}

/// Those of the rows whose reason stands, with whom to telephone.
async fn tell(
    app: &App,
    conn: &mut Conn,
    rows: Vec<Unreached>,
) -> Result<Vec<UnreachedNotice>, Failure> {
    let known: Vec<(Unreached, NoticeReason)> = rows
        .into_iter()
        .filter_map(|row| {
            let reason = NoticeReason {
                kind: Kind::parse(&row.kind)?,
                subject_id: row.subject_id?,
                params: row.params()?,
            };
            Some((row, reason))
        })
        .collect();
    let reasons: Vec<NoticeReason> = known.iter().map(|(_, reason)| reason.clone()).collect();
    let facts = booking::notice_facts(conn, &reasons).await?;
    let standing: Vec<(Unreached, NoticeFacts)> = known
        .into_iter()
        .zip(facts)
        .filter_map(|((row, _), facts)| Some((row, facts?)))
        .collect();
    let helpers: Vec<AccountId> = standing.iter().filter_map(|(_, f)| f.helper_id).collect();
    let helpers = identity::phones_of(conn, &app.keys, &helpers).await?;
    standing
        .into_iter()
        .map(|(row, facts)| tell_one(app, row, &facts, &helpers))
        .collect()
}

fn tell_one(
    app: &App,
    row: Unreached,
    facts: &NoticeFacts,
    helpers: &HashMap<AccountId, MobilePhone>,
) -> Result<UnreachedNotice, Failure> {
    let own = facts.phone(&app.keys)?;
    let helper = facts.helper_id.and_then(|id| helpers.get(&id));
    let whose = match (&own, helper) {
        (Some(_), _) if facts.is_proxys_phone() => Some(WhosePhone::Proxy),
        (Some(_), _) => Some(WhosePhone::Citizen),
        (None, Some(_)) => Some(WhosePhone::Helper),
        (None, None) => None,
    };
    let phone = own.as_ref().or(helper).map(MobilePhone::national_display);
    let reason = match (row.state.as_str(), row.failure.as_deref()) {
        ("waiting", _) => UnreachedReason::Overdue,
        (_, Some("no_phone")) => UnreachedReason::NoPhone,
        _ => UnreachedReason::Failed,
    };
    Ok(UnreachedNotice {
        notice_id: row.notice_id,
        appointment_id: facts.appointment_id(),
        kind: row.kind,
        code: facts.facts.code.clone(),
        starts_at: facts.facts.starts_at,
        name: facts.name(&app.keys)?,
        phone,
        whose_phone: whose,
        reason,
        due_at: row.due_at,
    })
}

/// Mark that somebody was told by telephone: nothing is sent any more.
#[utoipa::path(tag = "notice", security(("session" = [])),
    params(
        ("office_id" = OfficeId, Path, description = "Which office."),
        ("notice_id" = Uuid, Path, description = "Which notice.")),
    responses((status = NO_CONTENT, description = "Marked, now or before.")))]
#[post("/offices/{office_id}/desk/unreached/{notice_id}/called")]
async fn mark_called(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<(OfficeId, Uuid)>,
) -> Result<HttpResponse, Failure> {
    let (office_id, notice_id) = path.0;
    let office = own_office(&app, &caller, office_id).await?;
    let mut conn = app.pool.get().await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        if !store::set_called(conn, office.row.office_id, notice_id).await? {
            return Err(CommonProblem::NotFound.into());
        }
        let (actor, object) = (Some(caller.account_id), format!("notice:{notice_id}"));
        Ok(audit::record(conn, actor, "notice.mark_called", &object, ()).await?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Show whether notices get out, and how many wait.
#[utoipa::path(tag = "notice", security(("session" = [])),
    responses((status = OK, description = "The channels and the queue.", body = NoticeChannels)))]
#[get("/notices/channels")]
async fn show_notice_channels(
    app: web::Data<App>,
    _caller: Caller<RunDesk>,
) -> Result<web::Json<NoticeChannels>, Failure> {
    let mut conn = app.pool.get().await?;
    let queue = store::measure_queue(&mut conn).await?;
    let channels = app.channels.states().into_iter();
    Ok(web::Json(NoticeChannels {
        channels: channels
            .map(|state| NoticeChannel {
                name: state.name.to_owned(),
                is_up: !state.is_down,
                failing_since: state.failing_since,
                last_failure: state.last_failure,
            })
            .collect(),
        due: queue.due,
        due_since: queue.due_since,
        later: queue.later,
        failed_today: queue.failed_today,
    }))
}
