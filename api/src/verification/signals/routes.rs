//! Signals over HTTP: to who answers for a place, to who did the work, and what they say.

use actix_web::{HttpResponse, get, post, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use mobile_contracts::page::Page;
use mobile_contracts::verification::{
    AnswerSignal, OwnSignal, RaiseSignals, RaisedSignals, SIGNAL_DAYS_MAX, SIGNAL_NOTE_CHARS_MAX,
    Signal, SignalAnswer, SignalDetail,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::act::Evidence;
use super::answers::{note_place, read_answer};
use super::catalogue::Rule;
use super::problem::SignalProblem;
use super::store::{self, AnswerRow, SignalRow, Wanted};
use super::{thresholds, words};
use crate::app::App;
use crate::db;
use crate::geography::{Geography, Level};
use crate::http::extract::{Json, Path, Query};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::page::{PageQuery, Paging, page};
use crate::identity::Caller;
use crate::identity::permission::{AnswerSignals, CorrectWork, Permission as _, RecordWork};
use crate::privacy::audit;
use crate::privacy::free_text::masked;

/// Communes that one request may look at.
const COMMUNES_MAX: usize = 12;
/// Records of a signal that are named.
const OP_IDS_MAX: usize = 200;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_signals)
        .service(show_signal)
        .service(list_own_signals)
        .service(answer_signal)
        .service(raise_signals)
        .configure(thresholds::routes);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SignalFilter {
    /// Only within this unit; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// Only those that are open, answered, explained, confirmed_wrong or withdrawn.
    #[param(max_length = 20, example = "open")]
    state: Option<String>,
    /// Only those of this rule.
    #[param(max_length = 40, example = "shared_phone")]
    rule: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// What a signal may be.
const STATES: [&str; 5] = [
    "open",
    "answered",
    "explained",
    "confirmed_wrong",
    "withdrawn",
];

impl SignalFilter {
    /// A word that nobody knows is a slip, and not a list of nothing.
    fn check(&self) -> Result<(), Failure> {
        let mut faults = Vec::new();
        if self
            .state
            .as_deref()
            .is_some_and(|state| !STATES.contains(&state))
        {
            faults.push(FieldError::new(
                "?state",
                "CHOICE",
                format!("Trạng thái là một trong: {}.", STATES.join(", ")),
                format!("The state is one of: {}.", STATES.join(", ")),
            ));
        }
        if self
            .rule
            .as_deref()
            .is_some_and(|rule| Rule::parse(rule).is_none())
        {
            faults.push(FieldError::new(
                "?rule",
                "CHOICE",
                "Không có quy tắc này; xem GET /signal-rules.",
                "There is no such rule; see GET /signal-rules.",
            ));
        }
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Failure::invalid(faults)),
        }
    }
}

/// List signals within one's unit, the newest first. None is a verdict.
#[utoipa::path(tag = "verification", security(("session" = [])), params(SignalFilter), responses(
    (status = OK, description = "A page of signals.", body = Page<Signal>)))]
#[get("/signals")]
async fn list_signals(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    filter: Query<SignalFilter>,
) -> Result<web::Json<Page<Signal>>, Failure> {
    let query = PageQuery::read(&app.keys, "signals", filter.cursor.as_deref(), filter.limit)?;
    filter.check()?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let within = filter.within.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, within, today)?;
    let units = geography.all_answered_for(within, today);
    let wanted = Wanted {
        units: Some(&units),
        state: filter.state.as_deref(),
        rule: filter.rule.as_deref(),
        before: query.after()?,
        ..Wanted::default()
    };
    let rows = store::list_signals(&mut conn, wanted, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.signal_id);
    Ok(web::Json(Page {
        items: page.items.iter().map(tell).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn evidence(row: &SignalRow) -> Evidence {
    serde_json::from_value(row.evidence.clone()).unwrap_or_default()
}

/// A signal as who answers for the place is told of it.
pub fn tell(row: &SignalRow) -> Signal {
    let rule = Rule::parse(&row.rule);
    Signal {
        signal_id: row.signal_id,
        rule: row.rule.clone(),
        severity: row.severity.clone(),
        title: rule.map_or("", |rule| rule.entry().title).to_owned(),
        explanation: rule.map_or_else(String::new, |rule| words::for_lead(rule, &evidence(row))),
        state: row.state.clone(),
        author_id: row.author_id,
        village_id: row.village_id,
        commune_id: row.commune_id,
        on_day: row.on_day,
        acts: row.acts.unsigned_abs(),
        raised_at: row.raised_at,
        changed_at: row.changed_at,
    }
}

/// Show a signal with its records and everything that was said about it. Notes may name citizens, so that it
/// is audited.
#[utoipa::path(tag = "verification", security(("session" = [])),
    params(("signal_id" = Uuid, Path, description = "Which signal.")),
    responses((status = OK, description = "Everything about it.", body = SignalDetail)))]
#[get("/signals/{signal_id}")]
async fn show_signal(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    path: Path<Uuid>,
) -> Result<web::Json<SignalDetail>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let row = store::find_signal(&mut conn, path.0).await?;
    let row = row.ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(&geography, row.commune_id, local_day(app.clock.now()))?;
    let mut op_ids = store::list_op_ids(&mut conn, path.0).await?;
    op_ids.truncate(OP_IDS_MAX);
    let answers = store::list_answers(&mut conn, path.0).await?;
    let answers: Result<Vec<SignalAnswer>, Failure> = answers
        .into_iter()
        .map(|answer| read_answer(&app.keys, answer))
        .collect();
    let actor = Some(caller.account_id);
    let object = format!("signal:{}", path.0);
    audit::record(&mut conn, actor, "verification.read_signal", &object, ()).await?;
    Ok(web::Json(SignalDetail {
        signal: tell(&row),
        op_ids,
        answers: answers?,
    }))
}

/// List the signals that concern one's own work, the newest first: questions that one may answer.
#[utoipa::path(tag = "verification", security(("session" = [])), params(Paging), responses(
    (status = OK, description = "A page of signals.", body = Page<OwnSignal>)))]
#[get("/me/signals")]
async fn list_own_signals(
    app: web::Data<App>,
    caller: Caller<RecordWork>,
    paging: Query<Paging>,
) -> Result<web::Json<Page<OwnSignal>>, Failure> {
    let query = paging.of(&app.keys, "own-signals")?;
    let mut conn = app.pool.get().await?;
    let wanted = Wanted {
        author: Some(caller.account_id),
        before: query.after()?,
        ..Wanted::default()
    };
    let rows = store::list_signals(&mut conn, wanted, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.signal_id);
    Ok(web::Json(Page {
        items: page.items.iter().map(tell_author).collect(),
        next_cursor: page.next_cursor,
    }))
}

fn tell_author(row: &SignalRow) -> OwnSignal {
    let rule = Rule::parse(&row.rule);
    OwnSignal {
        signal_id: row.signal_id,
        title: rule.map_or("", |rule| rule.entry().title).to_owned(),
        explanation: rule.map_or_else(String::new, |rule| words::for_author(rule, &evidence(row))),
        state: row.state.clone(),
        on_day: row.on_day,
        acts: row.acts.unsigned_abs(),
        raised_at: row.raised_at,
    }
}

/// Answer a signal: explain it, say that the records are wrong, or that there is nothing to ask about any more.
///
/// Its author does until a lead has settled it; a lead settles it, and may do so again. Everything that was
/// said is kept; the same again changes nothing.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = AnswerSignal,
    params(("signal_id" = Uuid, Path, description = "Which signal.")),
    responses((status = NO_CONTENT, description = "Said."), SignalProblem))]
#[post("/signals/{signal_id}/answers")]
async fn answer_signal(
    app: web::Data<App>,
    caller: Caller<AnswerSignals>,
    path: Path<Uuid>,
    body: Json<AnswerSignal>,
) -> Result<HttpResponse, Failure> {
    let note = masked(&body.note);
    if !(1..=SIGNAL_NOTE_CHARS_MAX).contains(&note.chars().count()) {
        return Err(Failure::invalid(vec![FieldError::new(
            "/note",
            "LENGTH",
            "Ghi rõ sự việc, tối đa 500 ký tự.",
            "Say how it came about, in at most 500 characters.",
        )]));
    }
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let answer = body.answer.as_str();
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let row = store::lock_signal(conn, path.0).await?;
        let row = row.ok_or(CommonProblem::NotFound)?;
        let by_author = row.author_id == Some(caller.account_id);
        if !by_author && !leads(&caller, &geography, &row, &app) {
            return Err(CommonProblem::NotFound.into());
        }
        let so_far = store::list_answers(conn, path.0).await?;
        if let Some(last) = so_far.last()
            && (last.answered_by, last.answer.as_str(), last.acts)
                == (caller.account_id, answer, row.acts)
            && read_answer(&app.keys, last.clone())?.note == note
        {
            return Ok(());
        }
        if by_author && !matches!(row.state.as_str(), "open" | "answered") {
            return Err(SignalProblem::SignalSettled.into());
        }
        let answer_id = Uuid::now_v7();
        let said = AnswerRow {
            answer_id,
            signal_id: path.0,
            answer: answer.to_owned(),
            note: app.keys.encrypt(&note_place(&answer_id), &note),
            answered_by: caller.account_id,
            by_author,
            acts: row.acts,
            answered_at: app.clock.now(),
        };
        // Nobody settles what concerns themselves.
        let state = if by_author { "answered" } else { answer };
        store::insert_answer(conn, &said, state).await?;
        let detail = json!({ "answer": answer, "by_author": by_author });
        let object = format!("signal:{}", path.0);
        let actor = Some(caller.account_id);
        audit::record(conn, actor, "verification.answer_signal", &object, detail).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn leads(
    caller: &Caller<AnswerSignals>,
    geography: &Geography,
    row: &SignalRow,
    app: &App,
) -> bool {
    let today = local_day(app.clock.now());
    CorrectWork::ROLES.contains(&caller.role)
        && geography.answers_for(caller.unit_id, row.commune_id, today)
}

/// Look at the recorded work of some days now, instead of tonight.
///
/// It may be repeated: the same evidence raises the same signal once.
#[utoipa::path(tag = "verification", security(("session" = [])), request_body = RaiseSignals, responses(
    (status = OK, description = "What it has found.", body = RaisedSignals)))]
#[post("/signal-runs")]
async fn raise_signals(
    app: web::Data<App>,
    caller: Caller<CorrectWork>,
    body: Json<RaiseSignals>,
) -> Result<web::Json<RaisedSignals>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    caller.require_unit(&geography, body.within, today)?;
    let communes = match geography.unit(body.within).map(|unit| unit.level) {
        Some(Level::Village) => geography
            .parent_on(body.within, today)
            .into_iter()
            .collect(),
        _ => geography.within(body.within, Level::Commune, today),
    };
    let mut faults = Vec::new();
    if !(0..SIGNAL_DAYS_MAX).contains(&(body.to - body.from).num_days()) {
        faults.push(FieldError::new(
            "/to",
            "RANGE",
            "Xem từ 1 đến 31 ngày; ngày cuối không trước ngày đầu.",
            "1 to 31 days; the last is not before the first.",
        ));
    }
    if communes.len() > COMMUNES_MAX {
        faults.push(FieldError::new(
            "/within",
            "TOO_WIDE",
            "Chọn một xã, hoặc đơn vị có tối đa 12 xã; toàn tỉnh được xem hằng đêm.",
            "Name a commune, or what holds at most 12; the whole province is looked at every night.",
        ));
    }
    if !faults.is_empty() {
        return Err(Failure::invalid(faults));
    }
    // A village's lead sees its commune's signals nowhere, but may have them looked for.
    let days = body.from..=body.to;
    let raised = super::raise(&mut conn, &app.keys, &geography, &communes, &days).await?;
    Ok(web::Json(raised))
}
