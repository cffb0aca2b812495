//! `Caller<P>`: somebody who is signed in and may do `P`. A handler that takes one cannot be reached
//! by anybody else, and its signature says so.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::NaiveDate;
use futures_util::future::LocalBoxFuture;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, UnitId};
use uuid::Uuid;

use super::permission::Permission;
use super::problem::IdentityProblem;
use super::rules;
use super::sessions::cookie::{Kept, require_own_page};
use super::sessions::store;
use crate::app::App;
use crate::config::Http;
use crate::geography::Geography;
use crate::http::extract::Door;
use crate::http::failure::{CommonProblem, Failure};

/// Somebody who is signed in and may do `P`, within a unit.
#[derive(Debug, Clone)]
pub struct Caller<P> {
    pub account_id: AccountId,
    pub role: Role,
    pub mass_union: MassUnion,
    pub unit_id: UnitId,
    pub family_id: Uuid,
    pub must_change_password: bool,
    permission: PhantomData<P>,
}

impl<P> Caller<P> {
    /// The scope of every right: the caller's unit must cover the target on that day. Somebody
    /// else's object answers like a missing one.
    ///
    /// # Errors
    /// 404.
    pub fn require_unit(
        &self,
        geography: &Geography,
        target: UnitId,
        on: NaiveDate,
    ) -> Result<(), Failure> {
        if geography.covers(self.unit_id, target, on) {
            Ok(())
        } else {
            Err(CommonProblem::NotFound.into())
        }
    }

    /// The same for what was begun somewhere and is open yet: who continues a unit that has ended answers for it.
    ///
    /// # Errors
    /// 404.
    pub fn require_answerable(
        &self,
        geography: &Geography,
        target: UnitId,
        on: NaiveDate,
    ) -> Result<(), Failure> {
        if geography.answers_for(self.unit_id, target, on) {
            Ok(())
        } else {
            Err(CommonProblem::NotFound.into())
        }
    }

    /// Whether their role has this right as well.
    pub fn may<Q: Permission>(&self) -> bool {
        Q::ROLES.contains(&self.role)
    }

    /// The actor of idempotency keys and limits.
    pub fn actor(&self) -> String {
        format!("account:{}", self.account_id)
    }
}

impl<P: Permission> Caller<P> {
    /// Who holds this token, if they may do `P`.
    async fn identify(app: &App, token: Option<String>) -> Result<Self, Failure> {
        let token = token.ok_or(CommonProblem::SignIn)?;
        let mut conn = app.pool.get().await?;
        let found = store::find_caller(&mut conn, &rules::hash_token(&token))
            .await?
            .ok_or(IdentityProblem::SessionEnded)?;
        if !P::ROLES.contains(&found.role) {
            return Err(CommonProblem::Forbidden.into());
        }
        if found.must_change_password && !P::BEFORE_PASSWORD_CHANGE {
            return Err(IdentityProblem::PasswordMustChange.into());
        }
        if found.is_on_lost_phone && !P::ON_LOST_PHONE {
            return Err(IdentityProblem::DeviceRevoked.into());
        }
        Ok(Self {
            account_id: found.account_id,
            role: found.role,
            mass_union: found.mass_union,
            unit_id: found.unit_id,
            family_id: found.family_id,
            must_change_password: found.must_change_password,
            permission: PhantomData,
        })
    }
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let door = Door::close(request);
        let shown =
            app_of(request).and_then(|app| Ok((shown_token(request, &app.config.http)?, app)));
        Box::pin(async move {
            let (token, app) = shown?;
            let caller = Self::identify(&app, token).await?;
            door.open();
            Ok(caller)
        })
    }
}

/// Somebody who may be signed in: public operations that show more to those who are.
#[derive(Debug)]
pub struct MaybeCaller<P>(pub Option<Caller<P>>);

impl<P: Permission> FromRequest for MaybeCaller<P> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if request.headers().contains_key(AUTHORIZATION) {
            let caller = Caller::from_request(request, payload);
            return Box::pin(async move { caller.await.map(|caller| Self(Some(caller))) });
        }
        // A browser sends its cookies unasked: what they cannot do does not shut a public door.
        let app = app_of(request);
        let kept = app
            .as_ref()
            .ok()
            .and_then(|app| shown_token(request, &app.config.http).ok().flatten());
        Box::pin(async move {
            let app = app?;
            Ok(Self(match kept {
                Some(token) => Caller::identify(&app, Some(token)).await.ok(),
                None => None,
            }))
        })
    }
}

fn app_of(request: &HttpRequest) -> Result<web::Data<App>, Failure> {
    request
        .app_data::<web::Data<App>>()
        .cloned()
        .ok_or_else(|| Failure::internal("the app is not mounted"))
}

/// The token that a phone shows, or that a browser keeps.
///
/// # Errors
/// 403 where a browser's cookie would change something on behalf of another site's page.
fn shown_token(request: &HttpRequest, http: &Http) -> Result<Option<String>, Failure> {
    if request.headers().contains_key(AUTHORIZATION) {
        return Ok(bearer_token(request));
    }
    let kept = Kept::Access.read(request, http);
    if kept.is_some() && !request.method().is_safe() {
        require_own_page(request, http)?;
    }
    Ok(kept)
}

fn bearer_token(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && token.len() <= 100).then(|| token.trim().to_owned())
}
