//! How far mobilisation is, over HTTP.

use std::collections::HashMap;

use actix_web::{get, web};
use chrono::NaiveDate;
use diesel::QueryResult;
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::UnitId;
use mobile_contracts::mobilisation::{Mobilisation, WaitingMember};
use mobile_contracts::page::Page;
use mobile_contracts::person_name::PersonName;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::rules::{Counts, UNIONS};
use super::store::{self, AccountsRow, WaitingRow};
use crate::app::App;
use crate::db::Conn;
use crate::geography::{Geography, Level};
use crate::http::extract::Query;
use crate::http::failure::{Failure, FieldError};
use crate::http::page::{PageQuery, page};
use crate::identity::permission::ManageCampaigns;
use crate::identity::{self, Caller};
use crate::leaderboard::rules::percent_tenths;
use crate::privacy::audit;
use crate::privacy::keys::Keys;
use crate::tracking::activities::rules::days;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(show_mobilisation)
        .service(list_waiting_members)
        .configure(super::counts::routes);
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MobilisationOf {
    /// This unit and what it is made of, villages apart; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// First day of the period; thirty days before the last if left out.
    from: Option<NaiveDate>,
    /// Last day of the period; today if left out.
    to: Option<NaiveDate>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Show how many members of each union there are, and how many of them go: the unit itself first, then its parts.
#[utoipa::path(tag = "campaign", security(("session" = [])), params(MobilisationOf), responses(
    (status = OK, description = "A page of units, two unions each.", body = Page<Mobilisation>)))]
#[get("/mobilisation")]
async fn show_mobilisation(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    asked: Query<MobilisationOf>,
) -> Result<web::Json<Page<Mobilisation>>, Failure> {
    let list = "mobilisation";
    let query = PageQuery::read(&app.keys, list, asked.cursor.as_deref(), asked.limit)?;
    let skip: usize = query.after()?.unwrap_or(0);
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let unit_id = asked.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    let span = days(asked.from, asked.to, today).map_err(|fault| Failure::invalid(vec![fault]))?;
    let measured = Measured::read(&mut conn, &geography, unit_id, span, today).await?;
    let shown = measured.shown(unit_id).into_iter();
    let rows: Vec<(usize, (UnitId, MassUnion))> = shown
        .enumerate()
        .skip(skip)
        .take(query.rows() as usize)
        .collect();
    let page = page(&app.keys, &query, rows, |(at, _)| at + 1);
    Ok(web::Json(Page {
        items: page
            .items
            .into_iter()
            .map(|(_, (unit_id, union))| measured.row(unit_id, union))
            .collect(),
        next_cursor: page.next_cursor,
    }))
}

/// What is known of the members and the accounts within a unit.
pub struct Measured<'a> {
    geography: &'a Geography,
    counts: Counts,
    accounts: Vec<AccountsRow>,
    today: NaiveDate,
}

impl<'a> Measured<'a> {
    /// # Errors
    /// When the database cannot.
    pub async fn read(
        conn: &mut Conn,
        geography: &'a Geography,
        unit_id: UnitId,
        span: (NaiveDate, NaiveDate),
        today: NaiveDate,
    ) -> QueryResult<Self> {
        let all = geography.all_within(unit_id, today);
        Ok(Self {
            geography,
            counts: store::load_counts(conn, &all, today).await?,
            accounts: store::count_accounts(conn, &all, span).await?,
            today,
        })
    }

    /// What is told of a unit: itself and what it is made of, villages apart, each union by itself.
    pub fn shown(&self, unit_id: UnitId) -> Vec<(UnitId, MassUnion)> {
        let parts = self.geography.children_on(unit_id, self.today);
        let parts = parts.iter().filter(|part| part.level != Level::Village);
        let units = std::iter::once(unit_id).chain(parts.map(|part| part.unit_id));
        units
            .flat_map(|unit_id| UNIONS.map(|union| (unit_id, union)))
            .collect()
    }

    pub fn row(&self, unit_id: UnitId, union: MassUnion) -> Mobilisation {
        let counted = self.counts.of(self.geography, unit_id, union, self.today);
        let covers = |row: &&AccountsRow| {
            row.mass_union == union.as_str()
                && self.geography.covers(unit_id, row.unit_id, self.today)
        };
        let (accounts, signed_in, recorded) =
            self.accounts
                .iter()
                .filter(covers)
                .fold((0, 0, 0), |sum, row| {
                    (
                        sum.0 + row.accounts,
                        sum.1 + row.signed_in,
                        sum.2 + row.recorded,
                    )
                });
        let members = counted.as_ref().map(|counted| counted.members);
        let percent = |part| members.map(|whole| percent_tenths(part, whole) as f64 / 10.0);
        Mobilisation {
            unit_id,
            name: self.geography.label_on(unit_id, self.today),
            mass_union: union.as_str().to_owned(),
            members,
            counted_on: counted.as_ref().map(|counted| counted.counted_on),
            source: counted.and_then(|counted| counted.source),
            accounts,
            signed_in,
            recorded,
            accounts_percent: percent(accounts),
            signed_in_percent: percent(signed_in),
            recorded_percent: percent(recorded),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WaitingOf {
    /// A commune, or a village of it; the caller's own unit if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    unit_id: Option<UnitId>,
    /// First day of the period; thirty days before the last if left out.
    from: Option<NaiveDate>,
    /// Last day of the period; today if left out.
    to: Option<NaiveDate>,
    /// Only of this union: youth or women.
    #[param(max_length = 10, example = "women")]
    mass_union: Option<String>,
    /// Where the page before ended.
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// List who has an account in a commune and has not begun: not signed in yet, or nothing recorded in the period.
///
/// Given names only, and each look is audited. Whoever asks about more than a commune is asked to choose one.
#[utoipa::path(tag = "campaign", security(("session" = [])), params(WaitingOf), responses(
    (status = OK, description = "A page of people.", body = Page<WaitingMember>)))]
#[get("/mobilisation/waiting")]
async fn list_waiting_members(
    app: web::Data<App>,
    caller: Caller<ManageCampaigns>,
    asked: Query<WaitingOf>,
) -> Result<web::Json<Page<WaitingMember>>, Failure> {
    let list = "waiting-members";
    let query = PageQuery::read(&app.keys, list, asked.cursor.as_deref(), asked.limit)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let today = local_day(app.clock.now());
    let unit_id = asked.unit_id.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, unit_id, today)?;
    check(&geography, unit_id, asked.mass_union.as_deref())?;
    let span = days(asked.from, asked.to, today).map_err(|fault| Failure::invalid(vec![fault]))?;
    let units = geography.all_within(unit_id, today);
    let union = asked.mass_union.as_deref();
    let after = query.after()?;
    let rows = store::list_waiting(&mut conn, &units, span, union, after, query.rows()).await?;
    let page = page(&app.keys, &query, rows, |row| row.account_id);
    let items = tell_waiting(&mut conn, &app.keys, page.items).await?;
    let (actor, object) = (Some(caller.account_id), format!("unit:{unit_id}"));
    let detail = json!({ "people": items.len() });
    audit::record(&mut conn, actor, "campaign.read_waiting", &object, detail).await?;
    Ok(web::Json(Page {
        items,
        next_cursor: page.next_cursor,
    }))
}

/// Who has not begun, by their given names.
///
/// # Errors
/// When the database cannot.
pub async fn tell_waiting(
    conn: &mut Conn,
    keys: &Keys,
    rows: Vec<WaitingRow>,
) -> QueryResult<Vec<WaitingMember>> {
    let ids: Vec<_> = rows.iter().map(|row| row.account_id).collect();
    let names = identity::names_of(conn, keys, &ids).await?;
    let given: HashMap<_, _> = names
        .into_iter()
        .filter_map(|(id, name)| Some((id, PersonName::parse(&name).ok()?)))
        .map(|(id, name)| (id, name.given_name().to_owned()))
        .collect();
    let told = |row: WaitingRow| WaitingMember {
        given_name: given.get(&row.account_id).cloned().unwrap_or_default(),
        account_id: row.account_id,
        unit_id: row.unit_id,
        mass_union: row.mass_union,
        state: match row.signed_in {
            false => "not_signed_in".to_owned(),
            true => "nothing_recorded".to_owned(),
        },
    };
    Ok(rows.into_iter().map(told).collect())
}

fn check(geography: &Geography, unit_id: UnitId, union: Option<&str>) -> Result<(), Failure> {
    let mut faults = Vec::new();
    let level = geography.unit(unit_id).map(|unit| unit.level);
    if !matches!(level, Some(Level::Village | Level::Commune)) {
        faults.push(FieldError::new(
            "?unit_id",
            "LEVEL",
            "Chọn một thôn, khu phố hoặc một xã, phường.",
            "Choose a village or a commune.",
        ));
    }
    if union.is_some_and(|word| !matches!(word, "youth" | "women")) {
        faults.push(FieldError::new(
            "?mass_union",
            "ONE_OF",
            "Chọn youth hoặc women.",
            "youth or women.",
        ));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Failure::invalid(faults)),
    }
}
