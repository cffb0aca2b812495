//! Tickets, remembered. Every step is one update that says where it comes from, so of two who do the
//! same, one finds nothing to change.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Interval, Nullable, SmallInt, Text};
use diesel_async::RunQueryDsl;
use mobile_contracts::ids::{AppointmentId, OfficeId, TicketId, UnitId};
use mobile_contracts::queue::QueueRules;
use uuid::Uuid;

use super::machine::State;
use super::problem::QueueProblem;
use super::rules::{EARLY_MAX, Turn, WALK_IN, WITH_APPOINTMENT, spell_number};
use crate::db::constraint::name as constraint_name;
use crate::db::schema::{queue_rule, ticket, ticket_person};
use crate::db::{Conn, app_now, prepared};
use crate::http::failure::Failure;

/// A ticket as a row.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = ticket, check_for_backend(diesel::pg::Pg))]
pub struct TicketRow {
    pub ticket_id: TicketId,
    pub office_id: OfficeId,
    pub on_day: NaiveDate,
    pub series: String,
    pub number: i16,
    pub appointment_id: Option<AppointmentId>,
    pub citizen_blind: Option<Vec<u8>>,
    pub service_code: String,
    pub class: String,
    pub arrived_at: DateTime<Utc>,
    pub waits_from: DateTime<Utc>,
    pub sort_at: DateTime<Utc>,
    pub state: String,
    pub calls: i16,
    pub called_at: Option<DateTime<Utc>>,
    pub first_called_at: Option<DateTime<Utc>>,
    pub desk_no: Option<i16>,
    pub for_desk: Option<i16>,
    pub back_at: Option<DateTime<Utc>>,
    pub parked_for: Option<String>,
    pub serving_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub result: Option<String>,
    pub refused_for: Option<String>,
    pub stage_op_id: Option<Uuid>,
    pub entered_later: bool,
    pub changed_at: DateTime<Utc>,
}

impl TicketRow {
    /// # Panics
    /// Never: `ticket_state_known` allows only known ones.
    pub fn state(&self) -> State {
        State::parse(&self.state).expect("ticket_state_known allows only known states")
    }

    /// As printed.
    pub fn number(&self) -> String {
        spell_number(&self.series, self.number)
    }

    pub fn turn(&self) -> Turn {
        Turn {
            waits_from: self.waits_from,
            sort_at: self.sort_at,
        }
    }
}

/// The database's time: every time of a step is this one.
pub async fn now(conn: &mut Conn) -> QueryResult<DateTime<Utc>> {
    diesel::select(app_now()).get_result(conn).await
}

/// How an office runs its queue.
pub async fn get_rules(conn: &mut Conn, office_id: OfficeId) -> QueryResult<QueueRules> {
    let row: Option<(i16, i16, i16)> = queue_rule::table
        .find(office_id)
        .select((
            queue_rule::no_show_calls,
            queue_rule::grace_min,
            queue_rule::undo_min,
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map_or_else(
        QueueRules::default,
        |(no_show_calls, grace_min, undo_min)| QueueRules {
            no_show_calls,
            grace_min,
            undo_min,
        },
    ))
}

pub async fn set_rules(
    conn: &mut Conn,
    office_id: OfficeId,
    rules: &QueueRules,
) -> QueryResult<()> {
    let values = (
        queue_rule::no_show_calls.eq(rules.no_show_calls),
        queue_rule::grace_min.eq(rules.grace_min),
        queue_rule::undo_min.eq(rules.undo_min),
    );
    insert_into(queue_rule::table)
        .values((queue_rule::office_id.eq(office_id), values))
        .on_conflict(queue_rule::office_id)
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}

/// The next number of an office's day. Whoever takes one waits for the other's transaction, so none is
/// left out but by a rollback.
pub async fn next_number(
    conn: &mut Conn,
    office_id: OfficeId,
    on: NaiveDate,
    series: &str,
) -> Result<i16, Failure> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SmallInt)]
        last: i16,
    }
    let row: Result<Row, _> = prepared(
        diesel::sql_query(
            "insert into ticket_count as c (office_id, on_day, series, last) values ($1, $2, $3, 1) \
             on conflict (office_id, on_day, series) do update set last = c.last + 1 returning last",
        )
        .bind::<Integer, _>(office_id.0)
        .bind::<Date, _>(on)
        .bind::<Text, _>(series),
    )
    .get_result(conn)
    .await;
    match row {
        Ok(row) => Ok(row.last),
        Err(error) if constraint_name(&error) == Some("ticket_count_last_range") => {
            Err(QueueProblem::NumbersOut.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// A ticket about to be written.
pub struct NewTicket<'a> {
    pub ticket_id: TicketId,
    pub office_id: OfficeId,
    pub on_day: NaiveDate,
    pub appointment_id: Option<AppointmentId>,
    pub citizen_blind: Option<&'a [u8]>,
    pub service_code: &'a str,
    pub class: &'a str,
    pub arrived_at: DateTime<Utc>,
    pub turn: Turn,
    pub entered_later: bool,
}

/// Gives a ticket its number and writes it.
///
/// # Errors
/// [`QueueProblem::AlreadyQueued`], [`QueueProblem::NotToCheckIn`], [`QueueProblem::NumbersOut`].
pub async fn insert_ticket(conn: &mut Conn, new: &NewTicket<'_>) -> Result<TicketRow, Failure> {
    let series = if new.appointment_id.is_some() {
        WITH_APPOINTMENT
    } else {
        WALK_IN
    };
    let number = next_number(conn, new.office_id, new.on_day, series).await?;
    insert_into(ticket::table)
        .values((
            ticket::ticket_id.eq(new.ticket_id),
            ticket::office_id.eq(new.office_id),
            ticket::on_day.eq(new.on_day),
            ticket::series.eq(series),
            ticket::number.eq(number),
            ticket::appointment_id.eq(new.appointment_id),
            ticket::citizen_blind.eq(new.citizen_blind),
            ticket::service_code.eq(new.service_code),
            ticket::class.eq(new.class),
            ticket::arrived_at.eq(new.arrived_at),
            ticket::waits_from.eq(new.turn.waits_from),
            ticket::sort_at.eq(new.turn.sort_at),
            ticket::entered_later.eq(new.entered_later),
        ))
        .returning(TicketRow::as_returning())
        .get_result(conn)
        .await
        .map_err(refusal)
}

/// What a constraint of a ticket says, as a refusal.
pub fn refusal(error: diesel::result::Error) -> Failure {
    match constraint_name(&error) {
        Some("ticket_citizen_live_key") => QueueProblem::AlreadyQueued.into(),
        Some("ticket_appointment_id_key") => QueueProblem::NotToCheckIn.into(),
        Some("ticket_desk_busy_key") => QueueProblem::DeskBusy.into(),
        _ => error.into(),
    }
}

pub async fn find_ticket(
    conn: &mut Conn,
    office_id: OfficeId,
    id: TicketId,
) -> QueryResult<Option<TicketRow>> {
    ticket::table
        .find(id)
        .filter(ticket::office_id.eq(office_id))
        .select(TicketRow::as_select())
        .first(conn)
        .await
        .optional()
}

pub async fn find_by_number(
    conn: &mut Conn,
    office_id: OfficeId,
    on: NaiveDate,
    (series, number): (&str, i16),
) -> QueryResult<Option<TicketRow>> {
    ticket::table
        .filter(ticket::office_id.eq(office_id).and(ticket::on_day.eq(on)))
        .filter(ticket::series.eq(series).and(ticket::number.eq(number)))
        .select(TicketRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Everybody of an office's day, in the order of their turns.
pub async fn list_day(
    conn: &mut Conn,
    office_id: OfficeId,
    on: NaiveDate,
) -> QueryResult<Vec<TicketRow>> {
    ticket::table
        .filter(ticket::office_id.eq(office_id).and(ticket::on_day.eq(on)))
        .order((ticket::sort_at, ticket::ticket_id))
        .limit(20_000)
        .select(TicketRow::as_select())
        .load(conn)
        .await
}

/// What a step changes; what is `None` stays.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = ticket)]
pub struct Change {
    pub state: Option<&'static str>,
    pub office_id: Option<OfficeId>,
    pub number: Option<i16>,
    pub service_code: Option<String>,
    pub calls: Option<i16>,
    pub called_at: Option<Option<DateTime<Utc>>>,
    pub first_called_at: Option<Option<DateTime<Utc>>>,
    pub desk_no: Option<Option<i16>>,
    pub for_desk: Option<Option<i16>>,
    pub back_at: Option<Option<DateTime<Utc>>>,
    pub parked_for: Option<Option<&'static str>>,
    pub serving_at: Option<Option<DateTime<Utc>>>,
    pub ended_at: Option<Option<DateTime<Utc>>>,
    pub result: Option<Option<&'static str>>,
    pub refused_for: Option<Option<&'static str>>,
    pub stage_op_id: Option<Option<Uuid>>,
    pub entered_later: Option<bool>,
}

/// One step, if the ticket is still as it was read.
///
/// # Errors
/// [`QueueProblem::WrongTicketState`] when somebody else was faster, [`QueueProblem::DeskBusy`],
/// [`QueueProblem::AlreadyQueued`].
pub async fn change_ticket(
    conn: &mut Conn,
    seen: &TicketRow,
    change: &Change,
) -> Result<TicketRow, Failure> {
    let as_seen = ticket::table
        .find(seen.ticket_id)
        .filter(ticket::state.eq(&seen.state))
        .filter(ticket::changed_at.eq(seen.changed_at));
    update(as_seen)
        .set((change, ticket::changed_at.eq(app_now())))
        .returning(TicketRow::as_returning())
        .get_result(conn)
        .await
        .optional()
        .map_err(refusal)?
        .ok_or_else(|| QueueProblem::WrongTicketState.into())
}

/// The order of `rules::Turn::order`, in SQL; whoever did not answer comes after everybody else. Rows
/// that another officer is just calling are skipped, so two never get the same person and neither
/// waits.
const CALL_NEXT: &str = "with t as materialized (select app_now() as now) \
     update ticket set state = 'called', calls = calls + 1, called_at = t.now, desk_no = $3, \
       first_called_at = coalesce(first_called_at, t.now), back_at = null, changed_at = t.now \
     from t \
     where ticket_id = ( \
       select ticket_id from ticket \
       where office_id = $1 and on_day = $2 and state = 'waiting' \
         and (for_desk is null or for_desk = $3) \
         and ($4 is null or service_code = any ($4)) \
       order by coalesce(back_at > (select now from t), false), \
         waits_from - $5 > (select now from t), sort_at, ticket_id \
       limit 1 \
       for update skip locked) \
     returning ticket_id";

/// Calls the next person to a desk.
///
/// # Errors
/// [`QueueProblem::QueueEmpty`], [`QueueProblem::DeskBusy`].
pub async fn call_next(
    conn: &mut Conn,
    office_id: OfficeId,
    on: NaiveDate,
    desk_no: i16,
    service_codes: &[String],
) -> Result<TicketRow, Failure> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        ticket_id: Uuid,
    }
    let only = (!service_codes.is_empty()).then_some(service_codes);
    let called: Option<Row> = prepared(
        diesel::sql_query(CALL_NEXT)
            .bind::<Integer, _>(office_id.0)
            .bind::<Date, _>(on)
            .bind::<SmallInt, _>(desk_no)
            .bind::<Nullable<Array<Text>>, _>(only)
            .bind::<Interval, _>(EARLY_MAX),
    )
    .get_result(conn)
    .await
    .optional()
    .map_err(refusal)?;
    let id = TicketId(called.ok_or(QueueProblem::QueueEmpty)?.ticket_id);
    let row = find_ticket(conn, office_id, id).await?;
    Ok(row.ok_or(QueueProblem::QueueEmpty)?)
}

/// Who a walk-in is, encrypted for the ticket's row.
pub struct NewPerson<'a> {
    pub id_tail: &'a str,
    pub birth_year: i16,
    pub name: Vec<u8>,
    pub village_id: Option<UnitId>,
    pub outside_province: bool,
    pub consent: &'a str,
}

pub async fn insert_person(
    conn: &mut Conn,
    id: TicketId,
    person: &NewPerson<'_>,
) -> QueryResult<()> {
    insert_into(ticket_person::table)
        .values((
            ticket_person::ticket_id.eq(id),
            ticket_person::id_tail.eq(person.id_tail),
            ticket_person::birth_year.eq(person.birth_year),
            ticket_person::name.eq(&person.name),
            ticket_person::village_id.eq(person.village_id),
            ticket_person::outside_province.eq(person.outside_province),
            ticket_person::consent.eq(person.consent),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
