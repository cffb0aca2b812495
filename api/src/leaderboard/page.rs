//! The public board as a plain page: counts only, nothing small enough to point at a person.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use mobile_contracts::calendar::local_day;
use mobile_contracts::leaderboard::{BoardRow, Leaderboard};
use serde::Deserialize;

use super::basis::Basis;
use super::board::{Question, Rows};
use super::cache::Edition;
use super::merged::GROUP;
use super::period::Period;
use super::reading::read_board;
use super::rules::Metric;
use crate::app::App;
use crate::campaign::targets::STAGES;
use crate::geography::Level;
use crate::http::extract::Query;
use crate::http::failure::Failure;
use crate::http::html::{Escaped, beside, decimal, grouped, page};

/// Mounts the page. Not part of the contract.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/bang", web::get().to(show_board));
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    buoc: Option<String>,
    ky: Option<String>,
}

/// In Vietnamese and in English.
type Name = (&'static str, &'static str);

const STAGE_NAMES: [Name; 5] = [
    ("Cài VNeID", "Installed"),
    ("Kích hoạt mức 1", "Level 1"),
    ("Thu nhận hồ sơ mức 2", "Level 2 collected"),
    ("Phê duyệt mức 2", "Level 2 approved"),
    ("Kích hoạt mức 2", "Level 2"),
];

const PERIODS: [(&str, Period, Name); 4] = [
    ("luy-ke", Period::Start, ("Lũy kế", "All time")),
    ("thang", Period::Month, ("Tháng này", "This month")),
    ("tuan", Period::Week, ("Tuần này", "This week")),
    ("hom-nay", Period::Today, ("Hôm nay", "Today")),
];

const TITLE: Name = ("Bảng thi đua", "Leaderboard");

async fn show_board(app: web::Data<App>, choice: Query<Choice>) -> Result<HttpResponse, Failure> {
    let today = local_day(app.clock.now());
    let geography = app.fresh_geography().await?;
    let wanted = choice.buoc.as_deref().unwrap_or("level2_activated");
    let stage = STAGES
        .iter()
        .position(|stage| *stage == wanted)
        .unwrap_or(4);
    let (word, period, _) = PERIODS
        .into_iter()
        .find(|(word, ..)| choice.ky.as_deref() == Some(*word))
        .unwrap_or(PERIODS[0]);
    let (window, previous) = period.windows(today);
    let Some(province) = geography.roots_on(today).first().copied() else {
        return Ok(page(
            StatusCode::OK,
            TITLE,
            &format!(
                "<p>{}</p>",
                beside("Chưa có đơn vị nào được nạp.", "No unit is known yet.")
            ),
        ));
    };
    let question = Question {
        rows: Rows::Units(Level::Commune),
        stage: STAGES[stage],
        metric: Metric::Rate,
        basis: Basis::Recognised,
        window,
        goes_on: period.whole(today),
        previous,
        campaign: None,
        within: province,
        mass_union: None,
        class: None,
        kind: None,
        league: None,
        units_as_of: today,
        merged: true,
    };
    let read = read_board(&app, (question, Edition::Live)).await?;
    Ok(page(StatusCode::OK, TITLE, &body(&read.board, stage, word)))
}

const NUMBER: &str = " class=\"number\"";

const COLUMNS: [(&str, Name); 5] = [
    (NUMBER, ("Hạng", "Rank")),
    ("", ("Xã, phường", "Commune")),
    (NUMBER, ("Người", "People")),
    (NUMBER, ("Chỉ tiêu", "Target")),
    (NUMBER, ("Tỷ lệ", "Rate")),
];

fn body(board: &Leaderboard, stage: usize, chosen: &str) -> String {
    let mut html = String::new();
    html.push_str("<ul class=\"tabs\" aria-label=\"Bước\">");
    for (index, name) in STAGE_NAMES.into_iter().enumerate() {
        html.push_str(&tab(STAGES[index], chosen, name, index == stage));
    }
    html.push_str("</ul><ul class=\"tabs\" aria-label=\"Kỳ\">");
    for (word, _, name) in PERIODS {
        html.push_str(&tab(STAGES[stage], word, name, word == chosen));
    }
    html.push_str("</ul>");
    let shown = board.total.count;
    let (people, communes, to) = (
        grouped(shown),
        board.rows.len(),
        board.to.format("%d/%m/%Y"),
    );
    html.push_str(&format!(
        "<p><strong>{people}</strong> {of} <span class=\"soft\">{as_of}</span></p>",
        of = beside(
            &format!("người tại {communes} xã, phường."),
            &format!("people in {communes} communes.")
        ),
        as_of = beside(
            &format!("Số liệu đến {to}; chỉ hiện từng nhóm đủ {GROUP} người."),
            &format!("Up to {to}; in whole groups of {GROUP} people only.")
        ),
    ));
    if shown == 0 {
        let none = beside(
            "Chưa phát sinh kết quả trong kỳ này.",
            "Nothing in this period yet.",
        );
        html.push_str(&format!("<p class=\"notice\">{none}</p>"));
    }
    html.push_str("<div class=\"scroll\"><table><thead><tr>");
    for (class, (vi, en)) in COLUMNS {
        html.push_str(&format!("<th{class}>{}</th>", beside(vi, en)));
    }
    html.push_str("<th>&nbsp;</th></tr></thead><tbody>");
    for row in &board.rows {
        html.push_str(&table_row(row));
    }
    html.push_str("</tbody></table></div>");
    html
}

fn tab(stage: &str, period: &str, (vi, en): Name, current: bool) -> String {
    let current = if current {
        " aria-current=\"page\""
    } else {
        ""
    };
    format!(
        "<li><a href=\"/bang?buoc={stage}&amp;ky={period}\"{current}>{}</a></li>",
        beside(vi, en)
    )
}

fn table_row(row: &BoardRow) -> String {
    let count = (row.count > 0).then_some(row.count);
    let rank = match (row.rank, row.tied) {
        (Some(rank), true) => format!("{rank}="),
        (Some(rank), false) => rank.to_string(),
        (None, _) => "–".to_owned(),
    };
    let change = match row.rank_change {
        Some(change) if change > 0 => {
            format!(" <span class=\"good\" title=\"tăng {change} hạng\">▲{change}</span>")
        }
        Some(change) if change < 0 => format!(
            " <span class=\"warn\" title=\"giảm {0} hạng\">▼{0}</span>",
            -change
        ),
        _ => String::new(),
    };
    let rate = row.rate_percent.filter(|_| count.is_some());
    format!(
        "<tr><td class=\"number\">{rank}{change}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
        Escaped(&row.name),
        count.map_or_else(|| "–".to_owned(), grouped),
        row.target.map_or_else(|| "–".to_owned(), grouped),
        rate.map_or_else(|| "–".to_owned(), |rate| format!("{}%", decimal(rate))),
        rate.map_or_else(String::new, |rate| format!(
            "<progress class=\"bar\" max=\"100\" value=\"{:.1}\"></progress>",
            rate.min(100.0)
        )),
    )
}
