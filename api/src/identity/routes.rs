//! One's own account, and the accounts one manages.

use actix_web::{HttpRequest, HttpResponse, get, patch, post, put, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{
    Account, ChangePassword, InvitedAccounts, Me, OneTimeCode, Role, SetPasswordByCode,
    UpdateAccount,
};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::page::Page;
use mobile_contracts::phone::MobilePhone;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::permission::{ManageAccounts, OwnAccount, may_manage, rights_of};
use super::problem::IdentityProblem;
use super::sessions::store::{Families, end_families};
use super::store::{AccountChange, AccountRow};
use super::{Caller, badge, codes, invitation, password, rules, sessions, store};
use crate::app::App;
use crate::db::{self, Conn};
use crate::geography::Geography;
use crate::http::client;
use crate::http::csv::UploadMode;
use crate::http::extract::{Json, Path, Query, Upload};
use crate::http::failure::{CommonProblem, Failure, FieldError};
use crate::http::limit::Rate;
use crate::http::page::{PageQuery, page};
use crate::privacy::audit;
use crate::privacy::personal::Personal;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(sessions::routes::routes)
        .configure(badge::routes::routes)
        .service(set_password_by_code)
        .service(show_me)
        .service(change_password)
        .service(list_accounts)
        .service(invite_accounts)
        .service(update_account)
        .service(issue_recovery_code);
}

/// Show who is signed in, and what they may do.
#[utoipa::path(tag = "identity", security(("session" = [])), responses(
    (status = OK, description = "The account behind the session.", body = Me)))]
#[get("/me")]
async fn show_me(
    app: web::Data<App>,
    caller: Caller<OwnAccount>,
) -> Result<web::Json<Me>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let account = get_account(&mut conn, caller.account_id).await?;
    Ok(web::Json(Me {
        account_id: caller.account_id,
        name: account.name(&app.keys)?,
        role: caller.role.as_str().to_owned(),
        mass_union: caller.mass_union.as_str().to_owned(),
        unit_id: caller.unit_id,
        unit_label: geography.label_on(caller.unit_id, local_day(app.clock.now())),
        must_change_password: caller.must_change_password,
        permissions: rights_of(caller.role),
    }))
}

/// Change one's own password.
///
/// Ends every other session of the account at once.
#[utoipa::path(tag = "identity", security(("session" = [])), request_body = ChangePassword, responses(
    (status = NO_CONTENT, description = "Changed."), IdentityProblem))]
#[put("/me/password")]
async fn change_password(
    app: web::Data<App>,
    caller: Caller<OwnAccount>,
    body: Json<ChangePassword>,
) -> Result<HttpResponse, Failure> {
    const CHANGES: Rate = Rate {
        name: "password-change",
        per_hour: 20,
        burst: 10,
    };
    app.limiter.admit(CHANGES, &caller.actor()).await?;
    let body = body.0;
    let mut conn = app.pool.get().await?;
    let account = get_account(&mut conn, caller.account_id).await?;
    drop(conn);
    password::check_new(
        "/new_password",
        &body.new_password,
        &account.phone(&app.keys)?,
    )
    .map_err(|error| Failure::invalid(vec![error]))?;
    let current = Personal::new(body.current_password);
    if !app.passwords.verify(current, account.password_hash).await? {
        return Err(IdentityProblem::CurrentPasswordWrong.into());
    }
    let hash = app.passwords.hash(Personal::new(body.new_password)).await?;
    let mut conn = app.pool.get().await?;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        store::update_password(conn, caller.account_id, &hash, false).await?;
        let others = Families::AllBut(caller.family_id);
        end_families(conn, caller.account_id, others, "password_changed").await?;
        audit::record(
            conn,
            Some(caller.account_id),
            "identity.change_password",
            &object(caller.account_id),
            (),
        )
        .await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Set a password with a one-time code.
///
/// For an invitation, a forgotten password or a lost phone: the code comes from a lead, in person.
/// Ends every session of the account. A wrong code costs one of five tries.
#[utoipa::path(tag = "identity", request_body = SetPasswordByCode, responses(
    (status = NO_CONTENT, description = "Set; sign in with it."), IdentityProblem))]
#[post("/passwords/by-code")]
async fn set_password_by_code(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<SetPasswordByCode>,
) -> Result<HttpResponse, Failure> {
    const TRIES: Rate = Rate {
        name: "by-code",
        per_hour: 600,
        burst: 30,
    };
    let address = client::of(&request, &app.config.http).map(|address| address.to_string());
    app.limiter
        .admit(TRIES, address.as_deref().unwrap_or("local"))
        .await?;
    let body = body.0;
    let phone = MobilePhone::parse(&body.phone).map_err(|error| {
        Failure::invalid(vec![FieldError::new(
            "/phone",
            error.code(),
            error.message(),
            error.message_en(),
        )])
    })?;
    password::check_new("/new_password", &body.new_password, &phone)
        .map_err(|error| Failure::invalid(vec![error]))?;
    // Hashed before the code is looked at, so that the time tells nothing.
    let hash = app.passwords.hash(Personal::new(body.new_password)).await?;
    let mut conn = app.pool.get().await?;
    let phone_blind = store::phone_blind(&app.keys, &phone);
    let set = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let found = store::find_account_by_phone(conn, &phone_blind).await?;
        let Some(account) = found.filter(|account| account.disabled_at.is_none()) else {
            return Ok(false);
        };
        let id = account.account_id;
        if !codes::take_one_time_code(conn, &app.keys, id, &body.code).await? {
            return Ok(false);
        }
        store::update_password(conn, id, &hash, false).await?;
        end_families(conn, id, Families::All, "recovered").await?;
        audit::record(
            conn,
            Some(id),
            "identity.set_password_by_code",
            &object(id),
            (),
        )
        .await?;
        Ok(true)
    })
    .await?;
    if set {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(IdentityProblem::CodeWrong.into())
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccountFilter {
    /// Accounts of this unit and everything within it; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// Only this role.
    role: Option<Role>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List the accounts of a unit.
///
/// Names are read for those who manage them; each read is audited.
#[utoipa::path(tag = "identity", security(("session" = [])), params(AccountFilter), responses(
    (status = OK, description = "A page of accounts.", body = Page<Account>)))]
#[get("/accounts")]
async fn list_accounts(
    app: web::Data<App>,
    caller: Caller<ManageAccounts>,
    filter: Query<AccountFilter>,
) -> Result<web::Json<Page<Account>>, Failure> {
    let query = PageQuery::read(
        &app.keys,
        "accounts",
        filter.cursor.as_deref(),
        filter.limit,
    )?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let unit_id = filter.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let units = geography.all_answered_for(unit_id, today);
    let rows =
        store::list_accounts(&mut conn, &units, filter.role, query.after()?, query.rows()).await?;
    audit::record(
        &mut conn,
        Some(caller.account_id),
        "identity.list_accounts",
        &format!("unit:{unit_id}"),
        (),
    )
    .await?;
    let page = page(&app.keys, &query, rows, |row: &AccountRow| row.account_id)
        .try_map(|row| account(&app, &geography, &row))?;
    Ok(web::Json(page))
}

/// Invite accounts from a CSV file.
///
/// Columns `phone,name,role,mass_union,unit_id` (or `unit_code` for a commune). All or nothing: with
/// one wrong line nothing is written. The answer holds each person's one-time code, told once.
#[utoipa::path(tag = "identity", security(("session" = [])), params(UploadMode),
    request_body(content = String, content_type = "text/csv",
        example = "phone,name,role,mass_union,unit_id\n0912000001,Nguyễn Thị Hà,volunteer,women,112\n"),
    responses((status = OK, description = "What became of each line, or would become.", body = InvitedAccounts), IdentityProblem))]
#[post("/account-invitations")]
async fn invite_accounts(
    app: web::Data<App>,
    caller: Caller<ManageAccounts>,
    mode: Query<UploadMode>,
    file: Upload,
) -> Result<web::Json<InvitedAccounts>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let now = app.clock.now();
    let scope = invitation::Scope {
        geography: &geography,
        today: local_day(now),
        role: caller.role,
        unit_id: caller.unit_id,
    };
    let lines = invitation::read(&file.0, &scope)?;
    let invited = db::transaction::<_, Failure>(&mut conn, async |conn| {
        let invited = invitation::invite(
            conn,
            &app.keys,
            &lines,
            Some(caller.account_id),
            now,
            mode.dry_run,
        )
        .await?;
        if !invited.dry_run {
            let detail = serde_json::json!({ "invited": invited.invited });
            audit::record(
                conn,
                Some(caller.account_id),
                "identity.invite_accounts",
                &format!("unit:{}", caller.unit_id),
                detail,
            )
            .await?;
        }
        Ok(invited)
    })
    .await?;
    Ok(web::Json(invited))
}

/// Change an account's role, union or unit, stop it, or let it sign in again.
///
/// Every change ends its sessions at once, so that no old right lives on.
#[utoipa::path(tag = "identity", security(("session" = [])),
    params(("account_id" = AccountId, Path, description = "Whose account.")), request_body = UpdateAccount,
    responses((status = OK, description = "The account as it is now.", body = Account), IdentityProblem))]
#[patch("/accounts/{account_id}")]
async fn update_account(
    app: web::Data<App>,
    caller: Caller<ManageAccounts>,
    path: Path<AccountId>,
    body: Json<UpdateAccount>,
) -> Result<web::Json<Account>, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let target = managed_account(&app, &mut conn, &geography, &caller, path.0).await?;
    if target.account_id == caller.account_id {
        return Err(IdentityProblem::OwnAccountChange.into());
    }
    let now = app.clock.now();
    if let Some(unit_id) = body.unit_id {
        caller.require_unit(&geography, unit_id, local_day(now))?;
    }
    if body.role.is_some_and(|role| !may_manage(caller.role, role)) {
        return Err(CommonProblem::Forbidden.into());
    }
    let change = AccountChange {
        role: body.role.map(Role::as_str),
        mass_union: body.mass_union.map(|mass_union| mass_union.as_str()),
        unit_id: body.unit_id,
        disabled_at: body.disabled.map(|disabled| disabled.then_some(now)),
    };
    let reason = if body.disabled == Some(true) {
        "disabled"
    } else {
        "changed"
    };
    let id = target.account_id;
    let changed = db::transaction::<_, Failure>(&mut conn, async |conn| {
        if body.0.is_empty() {
            return get_account(conn, id).await;
        }
        store::update_account(conn, id, &change).await?;
        end_families(conn, id, Families::All, reason).await?;
        audit::record(
            conn,
            Some(caller.account_id),
            "identity.update_account",
            &object(id),
            &body.0,
        )
        .await?;
        get_account(conn, id).await
    })
    .await?;
    account(&app, &geography, &changed).map(web::Json)
}

/// Issue a one-time code for somebody who forgot a password or lost a phone.
///
/// Shown once, good for two hours; tell it in person. Their sessions end when it is used.
#[utoipa::path(tag = "identity", security(("session" = [])),
    params(("account_id" = AccountId, Path, description = "Whose account.")),
    responses((status = CREATED, description = "The code.", body = OneTimeCode), IdentityProblem))]
#[post("/accounts/{account_id}/recovery-codes")]
async fn issue_recovery_code(
    app: web::Data<App>,
    caller: Caller<ManageAccounts>,
    path: Path<AccountId>,
) -> Result<HttpResponse, Failure> {
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let target = managed_account(&app, &mut conn, &geography, &caller, path.0).await?;
    let id = target.account_id;
    let code = rules::new_code();
    let expires_at = app.clock.now() + rules::RECOVERY_TTL;
    db::transaction::<_, Failure>(&mut conn, async |conn| {
        let by = Some(caller.account_id);
        codes::set_one_time_code(conn, &app.keys, id, &code, "recovery", by, expires_at).await?;
        audit::record(conn, by, "identity.issue_recovery_code", &object(id), ()).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::Created().json(OneTimeCode { code, expires_at }))
}

/// An account that the caller manages: within their unit and below their role, else 404.
async fn managed_account(
    app: &App,
    conn: &mut Conn,
    geography: &Geography,
    caller: &Caller<ManageAccounts>,
    id: AccountId,
) -> Result<AccountRow, Failure> {
    let target = store::find_account(conn, id)
        .await?
        .ok_or(CommonProblem::NotFound)?;
    caller.require_answerable(geography, target.unit_id, local_day(app.clock.now()))?;
    let is_own = target.account_id == caller.account_id;
    if target.is_forgotten() || (!is_own && !may_manage(caller.role, target.role())) {
        return Err(CommonProblem::NotFound.into());
    }
    Ok(target)
}

async fn get_account(conn: &mut Conn, id: AccountId) -> Result<AccountRow, Failure> {
    store::find_account(conn, id)
        .await?
        .ok_or_else(|| Failure::internal("an account vanished while it was signed in"))
}

fn account(app: &App, geography: &Geography, row: &AccountRow) -> Result<Account, Failure> {
    Ok(Account {
        account_id: row.account_id,
        name: row.name(&app.keys)?,
        phone_masked: row.phone(&app.keys)?.masked(),
        role: row.role.clone(),
        mass_union: row.mass_union.clone(),
        unit_id: row.unit_id,
        unit_label: geography.label_on(row.unit_id, local_day(app.clock.now())),
        state: row.state().to_owned(),
    })
}

fn object(id: AccountId) -> String {
    format!("account:{id}")
}
