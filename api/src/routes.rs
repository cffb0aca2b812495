//! Every feature mounted once, and the document that comes of the same declaration.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use mobile_contracts::VERSION;
use mobile_contracts::problem::{InvalidField, Problem};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt as _, scope};

use crate::booking::problem::BookingProblem;
use crate::booking::queue::problem::QueueProblem;
use crate::campaign::problem::{CampaignProblem, SeenProblem};
use crate::geography::problem::GeographyProblem;
use crate::http::document::{add_common_problems, name_rows};
use crate::http::failure::{CommonProblem, Failure, Kind};
use crate::http::html::{Escaped, page};
use crate::identity::problem::IdentityProblem;
use crate::leaderboard::problem::LeaderboardProblem;
use crate::reporting::problem::ReportingProblem;
use crate::rights::problem::RightsProblem;
use crate::sync::problem::SyncProblem;
use crate::tracking::activities::problem::ActivityProblem;
use crate::tracking::assignments::problem::AssignmentProblem;
use crate::tracking::corrections::problem::CorrectionProblem;
use crate::tracking::data_reports::problem::DataReportProblem;
use crate::tracking::devices::problem::DeviceProblem;
use crate::tracking::exports::problem::ExportProblem;
use crate::tracking::persons::merging::problem::MergeProblem;
use crate::tracking::problem::{ClientProblem, TrackingProblem};
use crate::tracking::review::problem::ReviewProblem;
use crate::tracking::rosters::problem::RosterProblem;
use crate::verification::police_list::problem::PoliceListProblem;
use crate::verification::sampling::problem::SamplingProblem;
use crate::verification::signals::problem::SignalProblem;
use crate::{
    booking, campaign, contract, geography, health, identity, leaderboard, notice, reporting,
    retention, rights, sync, tracking, verification,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tổ 06",
        description = "Working tool of a Vietnamese province's Project 06 task force: VNeID installs and activations village by village, identity-card appointments for today, leaderboards that cannot lie. Every refusal is `application/problem+json` (RFC 9457), in Vietnamese unless `Accept-Language` prefers English.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "This server.")),
    tags(
        (name = "identity", description = "Who is asking: accounts and sessions."),
        (name = "geography", description = "Units through time."),
        (name = "campaign", description = "What is aimed at: targets, campaigns with their teams, members who go."),
        (name = "leaderboard", description = "Who leads and who lags."),
        (name = "sync", description = "Recording in the field: push, pull, look up; single records and one's own ledger."),
        (name = "persons", description = "Citizens of whom many records tell: what was said of them, who may be one, merging and undoing it."),
        (name = "rosters", description = "Lists of people who are expected in a village."),
        (name = "worklists", description = "What is left to do in a village."),
        (name = "assignments", description = "Who works which village and cares for whom; work that is handed over."),
        (name = "activities", description = "Outreach: listed, summed, corrected."),
        (name = "data-reports", description = "What the police have wrong of somebody, until it is put right."),
        (name = "exports", description = "Tables to take away."),
        (name = "verification", description = "Whether the numbers can be trusted: signals and what is said about them, random checks, police lists, grades."),
        (name = "booking", description = "Offices, slots, holds, appointments."),
        (name = "notice", description = "What people are told, and whom nobody could tell."),
        (name = "queue", description = "The desk: check-in, tickets, calls, results, the second screen."),
        (name = "reporting", description = "The monthly report: what is counted, the days of which a unit reports, the figures, what is issued and left to do."),
        (name = "rights", description = "What people ask about their own data: received, acknowledged, done or refused in time."),
        (name = "contract", description = "This contract: its version, its document, the words with which it refuses."),
        (name = "health", description = "Whether the program lives, and is ready."),
    ),
    components(schemas(Problem, InvalidField))
)]
struct Base;

/// Mounts every feature.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.configure(health::routes);
    config.service(
        scope::scope("/api/v1")
            .configure(identity::routes::routes)
            .configure(geography::routes::routes)
            .configure(campaign::routes::routes)
            .configure(campaign::drives::routes::routes)
            .configure(campaign::drives::targets::routes)
            .configure(campaign::drives::progress::routes)
            .configure(campaign::teams::routes::routes)
            .configure(campaign::teams::progress::routes)
            .configure(campaign::mobilisation::routes::routes)
            .configure(leaderboard::routes::routes)
            .configure(tracking::routes::routes)
            .configure(tracking::recounts::routes::routes)
            .configure(tracking::review::routes::routes)
            .configure(tracking::corrections::routes::routes)
            .configure(tracking::persons::routes::routes)
            .configure(tracking::persons::merging::routes::routes)
            .configure(tracking::persons::twins::routes::routes)
            .configure(tracking::rosters::routes::routes)
            .configure(tracking::worklists::routes::routes)
            .configure(tracking::notes::routes::routes)
            .configure(tracking::assignments::routes::routes)
            .configure(tracking::assignments::transfers::routes::routes)
            .configure(tracking::activities::routes::routes)
            .configure(tracking::data_reports::routes::routes)
            .configure(tracking::exports::routes::routes)
            .configure(tracking::devices::routes::routes)
            .configure(sync::routes::routes)
            .configure(verification::signals::routes::routes)
            .configure(verification::sampling::routes::routes)
            .configure(verification::call_backs::routes::routes)
            .configure(verification::police_list::routes::routes)
            .configure(verification::grades::routes::routes)
            .configure(booking::routes)
            .configure(notice::routes::routes)
            .configure(reporting::routes)
            .configure(rights::routes)
            .configure(retention::routes::routes)
            .configure(contract::routes::routes),
    );
}

/// Every table of refusals.
pub const PROBLEMS: &[&[Kind]] = &[
    CommonProblem::KINDS,
    IdentityProblem::KINDS,
    GeographyProblem::KINDS,
    CampaignProblem::KINDS,
    SeenProblem::KINDS,
    LeaderboardProblem::KINDS,
    TrackingProblem::KINDS,
    ActivityProblem::KINDS,
    AssignmentProblem::KINDS,
    DataReportProblem::KINDS,
    ClientProblem::KINDS,
    ReviewProblem::KINDS,
    CorrectionProblem::KINDS,
    DeviceProblem::KINDS,
    MergeProblem::KINDS,
    RosterProblem::KINDS,
    ExportProblem::KINDS,
    SignalProblem::KINDS,
    SamplingProblem::KINDS,
    PoliceListProblem::KINDS,
    SyncProblem::KINDS,
    BookingProblem::KINDS,
    QueueProblem::KINDS,
    ReportingProblem::KINDS,
    RightsProblem::KINDS,
];

/// What the document says of the lock of its operations.
const SESSION: &str = "The `access_token` of `POST /sessions`. In a browser the cookie of `POST /browser-sessions` stands for it; what changes something must then be sent by a page of this server.";

/// The document, from the same function that mounts the routes.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, mut document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .configure(routes)
        .split_for_parts();
    if let Some(components) = document.components.as_mut() {
        components.add_security_scheme(
            "session",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some(SESSION))
                    .build(),
            ),
        );
    }
    VERSION.clone_into(&mut document.info.version);
    add_common_problems(&mut document);
    name_rows(&mut document);
    document
}

/// The document as it is committed.
pub fn document_text() -> String {
    text_of(&document())
}

/// Pretty, with a newline at the end.
///
/// # Panics
/// Never: a document is plain data.
pub fn text_of(document: &utoipa::openapi::OpenApi) -> String {
    let mut text = document
        .to_pretty_json()
        .expect("the document is plain data");
    text.push('\n');
    text
}

/// A page for each kind of problem, behind the `type` of every refusal.
pub async fn show_problem(path: web::Path<String>) -> Result<HttpResponse, Failure> {
    let kind = PROBLEMS
        .iter()
        .flat_map(|kinds| kinds.iter())
        .find(|kind| kind.slug == path.as_str())
        .ok_or(CommonProblem::NotFound)?;
    let body = format!(
        "<p lang=\"en\">{}</p>\n<p class=\"soft\">HTTP {} · {}</p>",
        Escaped(kind.en),
        kind.status,
        kind.slug
    );
    Ok(page(StatusCode::OK, kind.vi, &body))
}
