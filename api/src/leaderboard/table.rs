//! The board of the units within one's own, as a table to take away: each stage since the start.

use chrono::NaiveDate;
use mobile_contracts::ids::UnitId;
use mobile_contracts::leaderboard::BoardRow;

use super::basis::Basis;
use super::board::{Question, Rows};
use super::cache::Edition;
use super::period::Period;
use super::reading::read_board;
use super::rules::Metric;
use crate::app::App;
use crate::campaign::targets::STAGES;
use crate::geography::{Geography, Level};
use crate::http::failure::Failure;
use crate::http::table::Out;
use crate::tracking::exports::rules::say;

pub const HEADERS: &[&str] = &[
    "Bước",
    "Hạng",
    "Đơn vị",
    "Thuộc",
    "Số người",
    "Đã xác nhận",
    "Hỗ trợ",
    "Không lưu dữ liệu",
    "Chỉ tiêu",
    "Loại mẫu số",
    "Tỷ lệ %",
    "Tăng hạng so với tuần trước",
    "Dự kiến đạt ngày",
    "Xếp loại",
];

/// Ranks of the villages of a commune, or of the communes of anything larger. Numbers are exact: whoever asks must
/// have the unit, as for a board of villages.
///
/// # Errors
/// When the database cannot be asked.
pub async fn rows(
    app: &App,
    geography: &Geography,
    unit_id: UnitId,
    today: NaiveDate,
) -> Result<Vec<Vec<Out>>, Failure> {
    let level = match geography.unit(unit_id).map(|unit| unit.level) {
        Some(Level::Village | Level::Commune) => Level::Village,
        _ => Level::Commune,
    };
    let mut cells = Vec::new();
    for stage in STAGES {
        let wanted = (question(level, stage, unit_id, today), Edition::Newest);
        let read = read_board(app, wanted).await?;
        cells.extend(read.board.rows.iter().map(|row| line(stage, row)));
    }
    Ok(cells)
}

fn question(level: Level, stage: &'static str, within: UnitId, today: NaiveDate) -> Question {
    let (window, previous) = Period::Start.windows(today);
    Question {
        rows: Rows::Units(level),
        stage,
        metric: Metric::Rate,
        basis: Basis::Recognised,
        window,
        goes_on: Period::Start.whole(today),
        previous,
        campaign: None,
        within,
        mass_union: None,
        class: None,
        kind: None,
        league: None,
        units_as_of: today,
        merged: false,
    }
}

fn line(stage: &str, row: &BoardRow) -> Vec<Out> {
    vec![
        Out::text(say(stage)),
        Out::count(row.rank),
        Out::text(&row.name),
        Out::of(row.within.clone()),
        Out::Count(row.count),
        Out::Count(row.confirmed),
        Out::Count(row.assists),
        Out::Count(row.anonymous),
        Out::count(row.target),
        Out::of(row.denominator.as_deref().map(say)),
        Out::percent(row.rate_percent),
        Out::count(row.rank_change),
        Out::day(row.forecast_on),
        Out::of(row.grade.clone()),
    ]
}
