//! What a record said of its person beside the stage goes along: a correction says it again, and what stands again
//! shows again.

use chrono::{DateTime, Utc};
use mobile_contracts::ids::OperationId;
use serde_json::json;

use super::store::RecordRow;
use crate::db::Conn;
use crate::http::failure::Failure;
use crate::privacy::keys::Keys;
use crate::tracking::batch::bytea;
use crate::tracking::persons::fields::{self, Values};
use crate::tracking::persons::rules::{Heads, Words, changed};
use crate::tracking::persons::store::{insert_words, list_values, list_words};

/// What is said of persons before something changes.
pub struct Spoken<'a> {
    heads: &'a Heads,
    before: Words,
}

impl<'a> Spoken<'a> {
    pub async fn read(conn: &mut Conn, heads: &'a Heads) -> Result<Self, Failure> {
        let before = match heads.is_empty() {
            true => Words::new(),
            false => list_words(conn, heads).await?,
        };
        Ok(Self { heads, before })
    }

    /// Says what a record said once more, by the operation in its place.
    pub async fn say_again(
        self,
        conn: &mut Conn,
        keys: &Keys,
        row: &RecordRow,
        op_id: OperationId,
        effective_at: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let Some(person_id) = row.person_id else {
            return Ok(());
        };
        let mut rows = Vec::new();
        for (of, field, value) in list_values(conn, &[row.op_id]).await? {
            let said = fields::read(keys, of, field, &value).map_err(Failure::internal)?;
            rows.push(json!({
                "op_id": op_id, "field": field.as_str(), "person_id": person_id,
                "value": bytea(&fields::seal(keys, op_id, field, &said)),
                "effective_at": effective_at,
            }));
        }
        if !rows.is_empty() {
            insert_words(conn, rows).await?;
        }
        self.show_again(conn, keys).await
    }

    /// Shows the last word of all that stand now.
    pub async fn show_again(self, conn: &mut Conn, keys: &Keys) -> Result<(), Failure> {
        if self.heads.is_empty() {
            return Ok(());
        }
        let after = list_words(conn, self.heads).await?;
        let shown = changed(&self.before, &after);
        Ok(fields::show(conn, keys, &shown, Values::new()).await?)
    }
}
