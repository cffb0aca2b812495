//! The brief over HTTP: as parts, and as a message.

use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Datelike as _, NaiveDate};
use mobile_contracts::brief::{Brief, BriefLine, BriefPart};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::UnitId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::gather::{Asked, gather};
use super::message;
use super::rules::{Facts, Item, Part};
use super::words::Speaker;
use crate::app::App;
use crate::http::extract::Query;
use crate::http::failure::{Failure, FieldError, Language};
use crate::identity::Caller;
use crate::identity::permission::ReadBrief;

/// Most lines of a part.
const LINES_MAX: usize = 50;
/// The first year that is told.
const FIRST_YEAR: i32 = 2020;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(show_brief);
}

#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum BriefForm {
    #[default]
    Json,
    Text,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BriefWish {
    /// Which local day; today if left out.
    on: Option<NaiveDate>,
    /// Of this unit; the caller's own if left out.
    #[param(value_type = Option<i32>, minimum = 1)]
    within: Option<UnitId>,
    /// As JSON (the default), or as the message alone.
    #[serde(default)]
    #[param(inline, required = false)]
    form: BriefForm,
}

/// Show a day of one's unit in a few lines, for the evening: who moved, who stalled, which numbers are stale or
/// doubtful, whose seven days end, what became of the places of the day, what is to be done tomorrow.
///
/// Units and numbers, and nobody's name; in Vietnamese, or in English where `Accept-Language` prefers it. The message
/// has fewer than 2,000 characters. Of a day that is over, steps, ranks and targets are that day's; phones, holds,
/// signals and lots are told as they are now.
#[utoipa::path(tag = "reporting", security(("session" = [])), params(BriefWish,
        ("Accept-Language" = Option<String>, Header, description = "In which language.", example = "en")),
    responses((status = OK, description = "The brief.", content((Brief = "application/json"), (String = "text/plain")))))]
#[get("/brief")]
async fn show_brief(
    app: web::Data<App>,
    caller: Caller<ReadBrief>,
    request: HttpRequest,
    wish: Query<BriefWish>,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now();
    let today = local_day(now);
    let on = day_of(wish.on, today)?;
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    let within = wish.within.unwrap_or(caller.unit_id);
    caller.require_unit(&geography, within, today)?;
    let asked = Asked {
        geography,
        within,
        on,
        now,
    };
    let facts = gather(&app, &mut conn, &asked).await?;
    let accepted = request.headers().get(ACCEPT_LANGUAGE);
    let speaker = Speaker {
        language: Language::accepted(accepted.and_then(|value| value.to_str().ok())),
        asked: &asked,
    };
    Ok(match wish.form {
        BriefForm::Json => HttpResponse::Ok().json(tell(&speaker, &facts)),
        BriefForm::Text => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body(message::text(&speaker, &facts)),
    })
}

fn day_of(on: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate, Failure> {
    let on = on.unwrap_or(today);
    match on.year() >= FIRST_YEAR && on <= today {
        true => Ok(on),
        false => Err(Failure::invalid(vec![FieldError::new(
            "?on",
            "RANGE",
            "Chọn một ngày từ năm 2020 đến hôm nay.",
            "Choose a day from 2020 until today.",
        )])),
    }
}

fn tell(speaker: &Speaker<'_>, facts: &Facts) -> Brief {
    let asked = speaker.asked;
    let (steps, activated) = facts.sum(facts.on);
    Brief {
        unit_id: asked.within,
        unit_name: asked.geography.name_on(asked.within, asked.on),
        on: asked.on,
        as_of: asked.now,
        steps,
        steps_before: facts.sum(asked.on - chrono::Days::new(1)).0,
        activated,
        parts: Part::ALL
            .into_iter()
            .map(|part| tell_part(speaker, facts, part))
            .collect(),
        text: message::text(speaker, facts),
    }
}

fn tell_part(speaker: &Speaker<'_>, facts: &Facts, part: Part) -> BriefPart {
    let items = facts.items(part);
    let more = items.len().saturating_sub(LINES_MAX);
    let lines = items.iter().take(LINES_MAX).map(|item| BriefLine {
        text: speaker.line(item),
        unit_id: unit_of(item),
    });
    BriefPart {
        part: part.as_str().to_owned(),
        title: speaker.title(part),
        lines: lines.collect(),
        more: more as u32,
        nothing: items.is_empty().then(|| speaker.nothing(part)),
    }
}

fn unit_of(item: &Item) -> Option<UnitId> {
    match item {
        Item::Worked { unit, .. }
        | Item::Still { unit, .. }
        | Item::Unsent { unit, .. }
        | Item::Silent { unit, .. }
        | Item::Doubt { unit, .. } => Some(*unit),
        Item::Ranked(ranked) => Some(ranked.unit),
        Item::Passed(passed) => Some(passed.unit),
        Item::Waiting { village, .. } => Some(*village),
        _ => None,
    }
}
