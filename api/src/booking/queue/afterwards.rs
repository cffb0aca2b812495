//! What a printed list says, entered when power and network are back: line by line, each once, each in
//! a transaction of its own, so that one wrong line holds up no other.

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, post, web};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::dsl::insert_into;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, OfficeId};
use mobile_contracts::queue::{
    EnterSheet, EnteredLine, EnteredSheet, SHEET_LINES_MAX, SheetLine, code_of_scan,
};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::acts::{Step, step};
use super::booked;
use super::door::{Arrived, admit};
use super::finish::{check_result, record_stage};
use super::machine::Act;
use super::problem::QueueProblem;
use super::rules::read_number;
use super::store::{self, Change, TicketRow};
use super::walk_in::{check_wish, issue};
use crate::app::App;
use crate::booking::appointments::store::{find_by_code, lock_appointment};
use crate::booking::holds::mirror::{Changes, mirror_all};
use crate::booking::offices::{OfficeEntry, Offices, own_office};
use crate::db::schema::{sheet_line, ticket};
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::extract::{BATCH_BODY_BYTES_MAX, Json, Path};
use crate::http::failure::{Failure, FieldError, Language};
use crate::identity::Caller;
use crate::identity::permission::RunDesk;
use crate::identity::rules::normalise_code;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(enter_afterwards);
}

/// How far back a list may be entered.
const DAYS_BACK_MAX: TimeDelta = TimeDelta::days(7);

/// Enter what a printed list says, after power or network were away.
///
/// Each line is answered by itself. A line that was entered before is told so and changes nothing:
/// send the whole list again when in doubt. What is entered is marked as such.
#[utoipa::path(tag = "queue", security(("session" = [])), request_body = EnterSheet,
    params(("office_id" = OfficeId, Path, description = "Which office.")),
    responses((status = OK, description = "What became of each line, in their order.", body = EnteredSheet)))]
#[post("/offices/{office_id}/desk/afterwards")]
async fn enter_afterwards(
    app: web::Data<App>,
    caller: Caller<RunDesk>,
    path: Path<OfficeId>,
    request: HttpRequest,
    body: Json<EnterSheet, BATCH_BODY_BYTES_MAX>,
) -> Result<web::Json<EnteredSheet>, Failure> {
    let office = own_office(&app, &caller, path.0).await?;
    let now = app.clock.now();
    check_sheet(&body, now)?;
    let accepted = request.headers().get(ACCEPT_LANGUAGE);
    let language = Language::accepted(accepted.and_then(|value| value.to_str().ok()));
    let entry = Entry {
        app: &app,
        offices: &*app.availability.offices(&app).await?,
        office: &office,
        geography: &*app.fresh_geography().await?,
        officer_id: caller.account_id,
        on: body.on,
        now,
    };
    let mut lines = Vec::with_capacity(body.lines.len());
    for line in &body.lines {
        let mut conn = app.pool.get().await?;
        let work = async |conn: &mut Conn| entry.enter(conn, line).await;
        let entered = db::transaction::<_, Failure>(&mut conn, work).await;
        drop(conn);
        lines.push(match entered {
            Ok((told, places)) => {
                mirror_all(&app, &places).await;
                told
            }
            Err(failure) if failure.status().is_client_error() => refused(line, &failure, language),
            Err(failure) => return Err(failure),
        });
    }
    Ok(web::Json(EnteredSheet { lines }))
}

fn check_sheet(sheet: &EnterSheet, now: DateTime<Utc>) -> Result<(), Failure> {
    let mut faults = Vec::new();
    let today = local_day(now);
    if sheet.on > today || sheet.on < local_day(now - DAYS_BACK_MAX) {
        faults.push(FieldError::new(
            "/on",
            "RANGE",
            "Chỉ nhập danh sách của hôm nay hoặc bảy ngày trước.",
            "Only lists of today or the seven days before.",
        ));
    }
    if sheet.lines.is_empty() || sheet.lines.len() > SHEET_LINES_MAX {
        faults.push(FieldError::new(
            "/lines",
            "LENGTH",
            format!("Từ 1 đến {SHEET_LINES_MAX} dòng mỗi lần."),
            format!("1 to {SHEET_LINES_MAX} lines at once."),
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::invalid(faults))
    }
}

fn told(line: &SheetLine, outcome: &str, number: Option<String>) -> EnteredLine {
    EnteredLine {
        line_id: line.line_id,
        outcome: outcome.to_owned(),
        number,
        code: None,
        message: None,
    }
}

fn refused(line: &SheetLine, failure: &Failure, language: Language) -> EnteredLine {
    let problem = failure.problem(language, "");
    let fault = problem.errors.as_slice().first();
    EnteredLine {
        code: Some(fault.map_or(failure.kind().slug.to_owned(), |fault| fault.code.clone())),
        message: Some(fault.map_or(problem.title.clone(), |fault| fault.message.clone())),
        ..told(line, "refused", None)
    }
}

/// 422 of a line whose parts do not go together.
fn wrong_line(code: &'static str, vi: &'static str, en: &'static str) -> Failure {
    Failure::invalid(vec![FieldError::new("", code, vi, en)])
}

/// What lines are entered with.
struct Entry<'a> {
    app: &'a App,
    offices: &'a Offices,
    office: &'a OfficeEntry,
    geography: &'a Geography,
    officer_id: AccountId,
    on: NaiveDate,
    now: DateTime<Utc>,
}

impl Entry<'_> {
    /// Enters one line, or finds that it was.
    async fn enter(
        &self,
        conn: &mut Conn,
        line: &SheetLine,
    ) -> Result<(EnteredLine, Changes), Failure> {
        self.check(line)?;
        if !self.claim(conn, line.line_id).await? {
            let number = self.number_of(conn, line.line_id).await?;
            return Ok((told(line, "repeated", number), Vec::new()));
        }
        let (ticket, mut places) = self.arrive(conn, line).await?;
        let Some(mut row) = ticket else {
            return Ok((told(line, "entered", None), places));
        };
        if line.ended_at.is_some() {
            let (ended, more) = self.end(conn, line, &row).await?;
            row = ended;
            places.extend(more);
        }
        diesel::update(sheet_line::table.find(line.line_id))
            .set(sheet_line::ticket_id.eq(Some(row.ticket_id)))
            .execute(conn)
            .await?;
        Ok((told(line, "entered", Some(row.number())), places))
    }

    fn check(&self, line: &SheetLine) -> Result<(), Failure> {
        let said = [
            line.number.is_some(),
            line.code.is_some(),
            line.walk_in.is_some(),
        ];
        if said.into_iter().filter(|said| *said).count() != 1 {
            return Err(wrong_line(
                "ONE_OF",
                "Mỗi dòng ghi đúng một trong: số phiếu, mã hẹn, người không hẹn.",
                "Each line has exactly one of number, code and walk_in.",
            ));
        }
        let fits = |at: &DateTime<Utc>| local_day(*at) == self.on && *at <= self.now;
        let ordered = line
            .arrived_at
            .zip(line.ended_at)
            .is_none_or(|(arrived, ended)| arrived <= ended);
        let times = [line.arrived_at, line.ended_at];
        if !ordered || !times.iter().flatten().all(fits) {
            return Err(wrong_line(
                "TIME",
                "Giờ phải nằm trong ngày của danh sách, không ở tương lai, đến trước xong.",
                "Times lie within the day of the list and the past, the coming before the end.",
            ));
        }
        if line.walk_in.is_some() && line.arrived_at.is_none() {
            return Err(wrong_line(
                "ARRIVED_AT",
                "Ghi giờ đến của người không hẹn.",
                "Say when somebody without an appointment came.",
            ));
        }
        match (line.result, line.ended_at) {
            (Some(result), Some(_)) => check_result(result, line.refused_for),
            (Some(_), None) => Err(wrong_line(
                "ENDED_AT",
                "Ghi giờ xong khi có kết quả.",
                "A result has a time.",
            )),
            _ => Ok(()),
        }
    }

    /// Takes the line's id; false when it was entered before.
    async fn claim(&self, conn: &mut Conn, line_id: Uuid) -> QueryResult<bool> {
        let claimed = insert_into(sheet_line::table)
            .values((
                sheet_line::line_id.eq(line_id),
                sheet_line::office_id.eq(self.office.row.office_id),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
        Ok(claimed == 1)
    }

    async fn number_of(&self, conn: &mut Conn, line_id: Uuid) -> QueryResult<Option<String>> {
        let row: Option<TicketRow> = sheet_line::table
            .inner_join(ticket::table)
            .filter(sheet_line::line_id.eq(line_id))
            .filter(sheet_line::office_id.eq(self.office.row.office_id))
            .select(TicketRow::as_select())
            .first(conn)
            .await
            .optional()?;
        Ok(row.map(|row| row.number()))
    }

    /// The ticket of a line: the one that was given out, or one that is written now. `None`: nobody
    /// came, and the appointment says so.
    async fn arrive(
        &self,
        conn: &mut Conn,
        line: &SheetLine,
    ) -> Result<(Option<TicketRow>, Changes), Failure> {
        if let Some(number) = &line.number {
            let number = read_number(number).ok_or(QueueProblem::TicketNotFound)?;
            let id = self.office.row.office_id;
            let found = store::find_by_number(conn, id, self.on, number).await?;
            return Ok((Some(found.ok_or(QueueProblem::TicketNotFound)?), Vec::new()));
        }
        if let (Some(walk_in), Some(at)) = (&line.walk_in, line.arrived_at) {
            let keys = &self.app.keys;
            let wish = check_wish(keys, self.offices, self.office, self.geography, walk_in, at)?;
            let arrived = Arrived {
                class: walk_in.class,
                at,
                later: true,
            };
            let officer = self.officer_id;
            let (ticket, _, places) =
                issue(self.app, conn, self.office, &wish, &arrived, officer).await?;
            return Ok((Some(ticket), places));
        }
        let code = line.code.as_deref().unwrap_or_default();
        self.arrive_booked(conn, line, &normalise_code(code_of_scan(code)))
            .await
    }

    async fn arrive_booked(
        &self,
        conn: &mut Conn,
        line: &SheetLine,
        code: &str,
    ) -> Result<(Option<TicketRow>, Changes), Failure> {
        let found = find_by_code(conn, code).await?;
        let here = found.filter(|row| {
            row.office_id == self.office.row.office_id && local_day(row.starts_at) == self.on
        });
        let id = here.ok_or(QueueProblem::AppointmentUnknown)?.appointment_id;
        let row = lock_appointment(conn, id).await?;
        let row = row.ok_or(QueueProblem::AppointmentUnknown)?;
        let known: Option<TicketRow> = ticket::table
            .filter(ticket::appointment_id.eq(id))
            .select(TicketRow::as_select())
            .first(conn)
            .await
            .optional()?;
        if let Some(ticket) = known {
            return Ok((Some(ticket), Vec::new()));
        }
        let Some(at) = line.arrived_at else {
            let places = match row.status.as_str() {
                "booked" => booked::end_absent(conn, &row).await?.into_iter().collect(),
                "no_show" => Vec::new(),
                _ => return Err(QueueProblem::NotToCheckIn.into()),
            };
            return Ok((None, places));
        };
        let places = match row.status.as_str() {
            // The day ended before the list was entered.
            "no_show" => booked::revive(conn, &row).await?,
            _ => Vec::new(),
        };
        let arrived = Arrived {
            class: Default::default(),
            at,
            later: true,
        };
        let (ticket, _) = admit(conn, self.office, &row, &arrived).await?;
        Ok((Some(ticket), places))
    }

    /// How it ended, on paper.
    async fn end(
        &self,
        conn: &mut Conn,
        line: &SheetLine,
        row: &TicketRow,
    ) -> Result<(TicketRow, Changes), Failure> {
        let one = Step {
            office: self.office,
            officer_id: self.officer_id,
            ticket_id: row.ticket_id,
            act: line.result.map_or(Act::Leave, |_| Act::Enter),
        };
        let with = Change {
            ended_at: Some(line.ended_at),
            result: Some(line.result.map(|result| result.as_str())),
            refused_for: Some(line.refused_for.map(|reason| reason.as_str())),
            entered_later: Some(true),
            ..Change::default()
        };
        let (_, row, places) = step(conn, &one, with).await?;
        let officer = self.officer_id;
        let row = record_stage(conn, self.app, self.geography, officer, row).await?;
        Ok((row, places))
    }
}
