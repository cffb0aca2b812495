//! Draws, remembered.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use mobile_contracts::calendar::local_day_bounds;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, OperationId, UnitId};
use mobile_contracts::sampling::LotAction;
use uuid::Uuid;

use super::Lot;
use super::rules::{Outcome, Plan, end_of};
use crate::db::schema::{draw, lot_action};
use crate::db::{Conn, app_now, prepared};

/// Promises seeds by their hashes; those that were promised stay.
pub async fn insert_commitments(conn: &mut Conn, lots: &[(Lot, [u8; 32])]) -> QueryResult<usize> {
    let rows: Vec<_> = lots
        .iter()
        .map(|(lot, commitment)| {
            (
                draw::draw_id.eq(Uuid::now_v7()),
                draw::mass_union.eq(lot.mass_union.as_str()),
                draw::commune_id.eq(lot.commune_id),
                draw::week_on.eq(lot.week_on),
                draw::commitment.eq(commitment.to_vec()),
            )
        })
        .collect();
    diesel::insert_into(draw::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}

/// A draw.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = draw)]
pub struct DrawRow {
    pub draw_id: Uuid,
    pub mass_union: String,
    pub commune_id: UnitId,
    pub week_on: NaiveDate,
    pub commitment: Vec<u8>,
    pub committed_at: DateTime<Utc>,
    pub seed: Option<Vec<u8>>,
    pub plan: Option<String>,
    pub sample_size: i32,
    pub failures_max: i32,
    pub frame: Vec<Option<OperationId>>,
    pub state: String,
}

impl DrawRow {
    pub fn lot(&self) -> Lot {
        Lot {
            mass_union: MassUnion::parse(&self.mass_union)
                .expect("draw_mass_union_known allows only known ones"),
            commune_id: self.commune_id,
            week_on: self.week_on,
        }
    }

    pub fn frame(&self) -> Vec<OperationId> {
        self.frame.iter().copied().flatten().collect()
    }
}

/// Promised draws whose week began before this day.
pub async fn list_due(conn: &mut Conn, before: NaiveDate) -> QueryResult<Vec<Uuid>> {
    draw::table
        .filter(draw::state.eq("committed").and(draw::week_on.lt(before)))
        .order((draw::week_on, draw::draw_id))
        .select(draw::draw_id)
        .load(conn)
        .await
}

/// Draws that are being checked.
pub async fn list_in_checking(conn: &mut Conn) -> QueryResult<Vec<DrawRow>> {
    draw::table
        .filter(draw::state.eq("drawn"))
        .order(draw::draw_id)
        .select(DrawRow::as_select())
        .load(conn)
        .await
}

pub async fn lock_draw(conn: &mut Conn, id: Uuid) -> QueryResult<Option<DrawRow>> {
    draw::table
        .find(id)
        .select(DrawRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

pub async fn find_draw(conn: &mut Conn, id: Uuid) -> QueryResult<Option<DrawRow>> {
    draw::table
        .find(id)
        .select(DrawRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Which draws are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Of these communes; all of the province if left out: the promise is to everybody.
    pub communes: Option<&'a [UnitId]>,
    /// Of weeks that began on these days.
    pub weeks: Option<(NaiveDate, NaiveDate)>,
    pub before: Option<Uuid>,
}

/// The newest first.
pub async fn list_draws(
    conn: &mut Conn,
    wanted: Wanted<'_>,
    limit: i64,
) -> QueryResult<Vec<DrawRow>> {
    let mut query = draw::table
        .select(DrawRow::as_select())
        .order(draw::draw_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(communes) = wanted.communes {
        query = query.filter(draw::commune_id.eq_any(communes));
    }
    if let Some((from, to)) = wanted.weeks {
        query = query.filter(draw::week_on.between(from, to));
    }
    if let Some(before) = wanted.before {
        query = query.filter(draw::draw_id.lt(before));
    }
    query.load(conn).await
}

/// What became of the lots of a union in a commune in the weeks before, the last first.
pub async fn list_outcomes(conn: &mut Conn, lot: Lot) -> QueryResult<Vec<Outcome>> {
    const WEEKS: i64 = 8;
    let states: Vec<String> = draw::table
        .filter(draw::mass_union.eq(lot.mass_union.as_str()))
        .filter(draw::commune_id.eq(lot.commune_id))
        .filter(draw::week_on.lt(lot.week_on))
        .filter(draw::state.eq_any(["passed", "failed", "released", "undecided"]))
        .order(draw::week_on.desc())
        .limit(WEEKS)
        .select(draw::state)
        .load(conn)
        .await?;
    let outcome = |state: &String| match state.as_str() {
        "passed" => Outcome::Passed,
        "undecided" => Outcome::Undecided,
        // Whatever somebody answered for since, it had failed.
        _ => Outcome::Failed,
    };
    Ok(states.iter().map(outcome).collect())
}

/// What a draw is made from: records of the lot that came within the week, count, and that nobody else than
/// their author has confirmed, about people who may still be asked. What was held came when it was approved, and what
/// was taken back when it was reinstated: the draw of its own week may be over. What a draw was made from before it was
/// taken back is in no other.
pub async fn list_frame(
    conn: &mut Conn,
    lot: Lot,
    villages: &[UnitId],
) -> QueryResult<Vec<OperationId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        op_id: OperationId,
    }
    let rows: Vec<Row> = prepared(
        diesel::sql_query(
            "select f.op_id
             from fact f
             join credit c using (op_id)
             left join review r on r.op_id = f.op_id and r.decision = 'approve'
             left join (
                 select v.target_op_id as op_id, max(u.undone_at) as undone_at
                 from void_undo u join void v on v.op_id = u.void_op_id
                 group by v.target_op_id
             ) again on again.op_id = f.op_id
             cross join lateral (select greatest(r.decided_at, again.undone_at) as late_at) came
             where f.village_id = any($1) and f.mass_union = $2
                 and (came.late_at is null and f.received_on between $3 and $3 + 6
                     or came.late_at >= $4 and came.late_at < $5)
                 and (again.undone_at is null or not exists (
                     select from draw d
                     where d.mass_union = $2 and d.week_on between f.received_on - 6 and $3 - 1
                         and f.op_id = any(d.frame)))
                 and f.confirmed_by is null and f.voided_by is null
                 and not exists (
                     select from person p
                     where p.person_id = f.person_id
                         and (p.restricted_at is not null or p.erased_at is not null))
             order by f.op_id",
        )
        .bind::<Array<Integer>, _>(villages)
        .bind::<Text, _>(lot.mass_union.as_str())
        .bind::<Date, _>(lot.week_on)
        .bind::<Timestamptz, _>(local_day_bounds(lot.week_on).start)
        .bind::<Timestamptz, _>(local_day_bounds(end_of(lot.week_on)).start),
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.op_id).collect())
}

/// Tells the seed, and what it draws from.
pub async fn tell_seed(
    conn: &mut Conn,
    draw_id: Uuid,
    seed: &[u8],
    plan: &Plan,
    frame: &[OperationId],
) -> QueryResult<()> {
    let check = plan.of_lot(u32::try_from(frame.len()).unwrap_or(u32::MAX));
    let state = if frame.is_empty() { "empty" } else { "drawn" };
    diesel::update(draw::table.find(draw_id))
        .set((
            draw::seed.eq(seed),
            draw::drawn_at.eq(app_now().nullable()),
            draw::plan.eq(plan.id),
            draw::sample_size.eq(check.sample_size.cast_signed()),
            draw::failures_max.eq(check.failures_max.cast_signed()),
            draw::frame.eq(frame),
            draw::state.eq(state),
            draw::changed_at.eq(app_now()),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn set_state(conn: &mut Conn, draw_id: Uuid, state: &str) -> QueryResult<()> {
    diesel::update(draw::table.find(draw_id))
        .set((draw::state.eq(state), draw::changed_at.eq(app_now())))
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn insert_action(
    conn: &mut Conn,
    draw_id: Uuid,
    action: LotAction,
    reason: &str,
    by: AccountId,
) -> QueryResult<()> {
    diesel::insert_into(lot_action::table)
        .values((
            lot_action::action_id.eq(Uuid::now_v7()),
            lot_action::draw_id.eq(draw_id),
            lot_action::action.eq(action.as_str()),
            lot_action::reason.eq(reason),
            lot_action::taken_by.eq(by),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
