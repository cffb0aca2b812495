//! The same key gives the same answer: a row, a saved answer, one transaction.
//!
//! The claim of a key, the work and the saved answer commit together. A second request with the key
//! waits on the primary key until the first ends, then finds its answer; no other lock exists.
//! Answers that say "later" (429, 5xx) are never saved.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Jsonb, SmallInt, Text};
use diesel_async::RunQueryDsl;
use futures_util::future::LocalBoxFuture;
use mobile_contracts::problem::PROBLEM_JSON;
use serde::Serialize;
use uuid::Uuid;

use super::extract::admission;
use super::failure::{CommonProblem, Failure, FieldError, Language};
use super::observe::RequestId;
use crate::db::purge::Purge;
use crate::db::schema::idempotency;
use crate::db::{self, Conn, prepared};
use crate::privacy::keys::Keys;

/// Marks an answer that was given before.
pub static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The `Idempotency-Key` header: a UUID that the sender makes once per intent.
#[derive(Debug, Clone, Copy)]
pub struct IdempotencyKey(pub Uuid);

impl IdempotencyKey {
    /// Of a press that nobody means to repeat.
    pub fn fresh() -> Self {
        Self(Uuid::new_v4())
    }
}

impl FromRequest for IdempotencyKey {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request
            .headers()
            .get("idempotency-key")
            .and_then(|value| value.to_str().ok());
        // Some clients quote it, as the IETF draft's structured field does.
        let key = header.and_then(|text| Uuid::parse_str(text.trim().trim_matches('"')).ok());
        let admission = admission(request);
        Box::pin(async move {
            // Like everything else of a request, it is judged behind the door.
            admission.await?;
            key.map(Self).ok_or_else(missing)
        })
    }
}

/// A key where one may be left out: a rehearsal needs none, but a header that is no key is a mistake.
#[derive(Debug, Clone, Copy)]
pub struct OptionalKey(pub Option<IdempotencyKey>);

impl FromRequest for OptionalKey {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let given = request.headers().contains_key("idempotency-key");
        let key = IdempotencyKey::from_request(request, payload);
        Box::pin(async move {
            match given {
                true => key.await.map(|key| Self(Some(key))),
                false => Ok(Self(None)),
            }
        })
    }
}

/// The refusal of a request that changes something and has no key.
pub fn missing() -> Failure {
    Failure::invalid(vec![FieldError::new(
        "#Idempotency-Key",
        "IDEMPOTENCY_KEY",
        "Thiếu tiêu đề Idempotency-Key (một UUID mới cho mỗi lần bấm nút).",
        "Send an Idempotency-Key header: a new UUID for each press of the button.",
    )])
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedAnswer {
    pub status: i16,
    pub body: serde_json::Value,
}

impl SavedAnswer {
    pub fn new(status: StatusCode, body: impl Serialize) -> Self {
        Self {
            // HTTP statuses end at 999.
            status: status.as_u16() as i16,
            body: serde_json::to_value(body).unwrap_or_default(),
        }
    }

    /// A refusal that may be repeated for ever, such as 409 or 422.
    pub fn refusal(failure: &Failure, language: Language, id: RequestId) -> Self {
        Self::new(
            failure.status(),
            failure.problem(language, &format!("urn:uuid:{}", id.0)),
        )
    }

    pub fn answer(&self, replayed: bool) -> HttpResponse {
        let status = StatusCode::from_u16(self.status as u16).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if replayed {
            response.insert_header((REPLAYED.clone(), "true"));
        }
        if status.is_success() {
            response.json(&self.body)
        } else {
            response
                .insert_header((CONTENT_TYPE, PROBLEM_JSON))
                .body(self.body.to_string())
        }
    }
}

/// One press of a button.
#[derive(Debug, Clone, Copy)]
pub struct Press<'a> {
    /// Who pressed: the same key of somebody else is another key.
    pub actor: &'a str,
    pub key: IdempotencyKey,
    /// What is asked, canonically. Only a keyed hash of it is kept, for an ID number in a body could be
    /// guessed from a plain one.
    pub request: &'a [u8],
}

/// What a press leads to.
#[derive(Debug)]
pub enum Pressed<T> {
    /// The work is done in this transaction; what it gave beside the answer.
    Fresh(SavedAnswer, T),
    /// The work was done before: say it again.
    Replayed(SavedAnswer),
}

impl<T> Pressed<T> {
    /// The answer to whoever pressed.
    pub fn answer(&self) -> HttpResponse {
        match self {
            Self::Fresh(answer, _) => answer.answer(false),
            Self::Replayed(answer) => answer.answer(true),
        }
    }
}

/// Claims the key, works, and keeps the answer beside the claim, inside the caller's transaction: all
/// three commit, or none.
///
/// # Errors
/// 422 when the key stands for another request; whatever the work is refused with, after which the
/// transaction must be rolled back and the key is free again.
pub async fn once<T>(
    conn: &mut Conn,
    keys: &Keys,
    press: Press<'_>,
    work: impl AsyncFnOnce(&mut Conn) -> Result<(SavedAnswer, T), Failure>,
) -> Result<Pressed<T>, Failure> {
    if let Some(answer) = claim(conn, keys, press).await? {
        return Ok(Pressed::Replayed(answer));
    }
    let (answer, told) = work(conn).await?;
    save(conn, press, &answer).await?;
    Ok(Pressed::Fresh(answer, told))
}

/// The same where the work is a transaction of its own and its answer one value: what most buttons are.
///
/// # Errors
/// As [`once`].
pub async fn answer_once<T: Serialize>(
    conn: &mut Conn,
    keys: &Keys,
    press: Press<'_>,
    status: StatusCode,
    work: impl AsyncFn(&mut Conn) -> Result<T, Failure>,
) -> Result<HttpResponse, Failure> {
    let pressed = db::transaction::<_, Failure>(conn, async |conn| {
        once(conn, keys, press, async |conn| {
            Ok((SavedAnswer::new(status, work(conn).await?), ()))
        })
        .await
    })
    .await?;
    Ok(pressed.answer())
}

/// Claims a key, or finds the answer that it stands for.
async fn claim(
    conn: &mut Conn,
    keys: &Keys,
    press: Press<'_>,
) -> Result<Option<SavedAnswer>, Failure> {
    let request_hash = hash(keys, press);
    let claimed = diesel::insert_into(idempotency::table)
        .values((
            idempotency::actor.eq(press.actor),
            idempotency::key.eq(press.key.0),
            idempotency::request_hash.eq(&request_hash),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if claimed == 1 {
        return Ok(None);
    }
    match saved(conn, press, &request_hash).await? {
        Some(answer) => Ok(Some(answer)),
        None => Err(Failure::internal(
            "a claimed idempotency key committed without an answer",
        )),
    }
}

/// Answers that nobody repeats a request for any more.
pub const OLD: Purge = Purge {
    due: "select count(*) as due, min(created_at) as oldest_at from idempotency where created_at < $1",
    purge: "delete from idempotency where (actor, key) in ( \
        select actor, key from idempotency where created_at < $1 \
        order by created_at limit $2 for update skip locked)",
};

/// Forgets the answers of before, some thousand at a time.
///
/// # Errors
/// When the database cannot.
pub async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> QueryResult<usize> {
    const ROWS_MAX: i64 = 5_000;
    OLD.run(conn, before, ROWS_MAX).await
}

/// The answer that a key stands for, if it has one: for work of several transactions, which claims its
/// key in the last.
///
/// # Errors
/// 422 when the key stands for another request.
pub async fn find(
    conn: &mut Conn,
    keys: &Keys,
    press: Press<'_>,
) -> Result<Option<SavedAnswer>, Failure> {
    saved(conn, press, &hash(keys, press)).await
}

/// Puts this answer in the place of every saved one that holds one of these words: whoever they were about
/// is erased, and nothing is done again.
///
/// # Errors
/// When the database cannot.
pub async fn replace_about(
    conn: &mut Conn,
    words: &[String],
    answer: &SavedAnswer,
) -> QueryResult<usize> {
    diesel::sql_query(
        "update idempotency set status = $2, body = $3 \
         where exists (select from unnest($1) as word where strpos(body::text, word) > 0)",
    )
    .bind::<Array<Text>, _>(words)
    .bind::<SmallInt, _>(answer.status)
    .bind::<Jsonb, _>(&answer.body)
    .execute(conn)
    .await
}

async fn saved(
    conn: &mut Conn,
    press: Press<'_>,
    request_hash: &[u8],
) -> Result<Option<SavedAnswer>, Failure> {
    type Saved = (Vec<u8>, Option<i16>, Option<serde_json::Value>);
    let found: Option<Saved> = idempotency::table
        .find((press.actor, press.key.0))
        .select((
            idempotency::request_hash,
            idempotency::status,
            idempotency::body,
        ))
        .first(conn)
        .await
        .optional()?;
    match found {
        Some((hash, ..)) if hash != request_hash => Err(CommonProblem::KeyReused.into()),
        Some((_, Some(status), Some(body))) => Ok(Some(SavedAnswer { status, body })),
        _ => Ok(None),
    }
}

fn hash(keys: &Keys, press: Press<'_>) -> Vec<u8> {
    let said = [press.actor.as_bytes(), press.request];
    keys.lasting_mac("idempotency/v1", &said).to_vec()
}

/// Keeps the answer beside the claim.
async fn save(conn: &mut Conn, press: Press<'_>, answer: &SavedAnswer) -> QueryResult<()> {
    let row = idempotency::table.find((press.actor, press.key.0));
    let update = diesel::update(row).set((
        idempotency::status.eq(answer.status),
        idempotency::body.eq(&answer.body),
    ));
    // diesel would plan every update anew.
    prepared(update).execute(conn).await?;
    Ok(())
}
