//! One stream of operations and everything else, in the order of their transactions.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::Role;
use mobile_contracts::ids::{AccountId, OperationId};
use mobile_contracts::sync::{Change, CollectionChecksum, Sum};

use super::collections::{Collection, OPERATION, Told};
use super::problem::SyncProblem;
use super::rules::{Cursor, Scope, Standing};
use super::store::{self, PositionRow};
use crate::app::App;
use crate::db::Conn;
use crate::geography::Geography;
use crate::http::failure::Failure;
use crate::identity::Caller;
use crate::privacy::keys::Keys;
use crate::tracking::ledger::entry::{Reader, entry};
use crate::tracking::ledger::epoch::begin_epoch_after;
use crate::tracking::ledger::store::{self as ledger, Horizon, LedgerRow, Position};

/// Rows that a sum reads at once.
const SUMMED_AT_ONCE: i64 = 1_000;

/// What one account may pull now.
pub struct Stream {
    account_id: AccountId,
    role: Role,
    keys: Keys,
    geography: Arc<Geography>,
    scope: Scope,
    today: NaiveDate,
    horizon: Horizon,
    /// The life of the database as it is told.
    pub epoch: String,
}

impl Stream {
    /// The horizon comes first: whatever is read after it knows all that lies within it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn open<P>(app: &App, conn: &mut Conn, caller: &Caller<P>) -> Result<Self, Failure> {
        let horizon = ledger::get_horizon(conn).await?;
        let geography = app.newest_geography(conn).await?;
        let today = local_day(app.clock.now());
        Ok(Self {
            account_id: caller.account_id,
            role: caller.role,
            keys: app.keys.clone(),
            scope: Scope::of(&geography, caller.role, caller.unit_id, today),
            geography,
            today,
            epoch: horizon.epoch.to_string(),
            horizon,
        })
    }

    pub fn standing(&self) -> Standing<'_> {
        Standing {
            account_id: self.account_id,
            epoch: &self.epoch,
            scope: &self.scope,
            geography: &self.geography,
            today: self.today,
        }
    }

    /// Where to go on after this cursor.
    ///
    /// # Errors
    /// When what the phone has can no longer be brought up to date.
    pub async fn resume(
        &self,
        conn: &mut Conn,
        cursor: Option<Cursor>,
    ) -> Result<Position, Failure> {
        // We signed where this phone has been, and have not come there yet: time went back, and nobody told.
        if let Some(cursor) = cursor.as_ref().filter(|cursor| cursor.given.is_some())
            && cursor.epoch == self.epoch
            && self.horizon.is_before(cursor.position)
        {
            begin_epoch_after(conn, self.horizon.epoch).await?;
            return Err(SyncProblem::EpochChanged.into());
        }
        Ok(self.standing().resume(cursor)?)
    }

    /// Changes after a position, each with its own, in order. Where they stand is read first, and what they tell only
    /// of those that fit: whatever changes meanwhile has another position by then, and is told there once more.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn read(
        &self,
        conn: &mut Conn,
        after: Position,
        limit: i64,
    ) -> Result<Vec<(Position, Change)>, Failure> {
        let Scope { within, above, .. } = &self.scope;
        let (account, horizon) = (self.account_id, &self.horizon);
        let mut operations = ledger::list_positions(conn, account, after, horizon, limit).await?;
        let mut rows = store::list(conn, within, above, after, horizon, limit).await?;
        let mut positions: Vec<Position> = operations
            .iter()
            .map(|(position, _)| *position)
            .chain(rows.iter().map(PositionRow::position))
            .collect();
        positions.sort_unstable();
        positions.truncate(limit as usize);
        if let Some(last) = positions.last() {
            operations.retain(|(position, _)| position <= last);
            rows.retain(|row| row.position() <= *last);
        }
        let mut changes = self.operations(conn, operations).await?;
        let (keys, geography) = (&self.keys, &self.geography);
        let mut told = Told::load(conn, keys, geography, &self.scope, self.today, &rows).await?;
        changes.extend(rows.iter().map(|row| (row.position(), told.of(row))));
        changes.sort_by_key(|(position, _)| *position);
        Ok(changes)
    }

    async fn operations(
        &self,
        conn: &mut Conn,
        positions: Vec<(Position, OperationId)>,
    ) -> Result<Vec<(Position, Change)>, Failure> {
        let ids: Vec<OperationId> = positions.iter().map(|(_, id)| *id).collect();
        let rows = ledger::look_up(conn, self.account_id, &ids).await?;
        let mut rows: HashMap<OperationId, LedgerRow> =
            rows.into_iter().map(|row| (row.op_id, row)).collect();
        let reader = Reader::of(self.role, &self.keys);
        let changes = positions.into_iter().filter_map(|(position, id)| {
            let change = Change {
                collection: OPERATION.to_owned(),
                id: id.0,
                op: "put".to_owned(),
                data: Some(entry(reader, rows.remove(&id)?)),
                unit: None,
                target: None,
                hint: None,
                campaign: None,
            };
            Some((position, change))
        });
        Ok(changes.collect())
    }

    /// What a phone has that missed nothing up to `at`, and the collections in which something changed
    /// since: of a changed row nobody knows any more what it was.
    ///
    /// # Errors
    /// When the database cannot.
    pub async fn sum_up(
        &self,
        conn: &mut Conn,
        at: Position,
    ) -> Result<(Vec<CollectionChecksum>, Vec<String>), Failure> {
        let words = Collection::ALL.iter().map(|collection| collection.as_str());
        let mut sums: BTreeMap<String, Sum> = words
            .chain([OPERATION])
            .map(|word| (word.to_owned(), Sum::default()))
            .collect();
        let mut after = Position::default();
        loop {
            let page = self.read(conn, after, SUMMED_AT_ONCE).await?;
            for (_, change) in &page {
                if let Some(hash) = change.row_hash() {
                    sums.entry(change.collection.clone()).or_default().add(hash);
                }
            }
            match page.last() {
                Some((position, _)) if page.len() as i64 == SUMMED_AT_ONCE => after = *position,
                _ => break,
            }
        }
        // Asked last: a row that was read as it became is behind now.
        let Scope { within, above, .. } = &self.scope;
        let mut behind = store::list_behind(conn, within, above, at).await?;
        if ledger::has_changed_since(conn, self.account_id, at).await? {
            behind.push(OPERATION.to_owned());
        }
        behind.sort();
        let sums = sums.into_iter().filter(|(word, _)| !behind.contains(word));
        let sums = sums.map(|(collection, sum)| CollectionChecksum {
            collection,
            rows: sum.rows,
            checksum: sum.checksum(),
        });
        Ok((sums.collect(), behind))
    }
}
