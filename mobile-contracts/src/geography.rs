//! Units through time, as answers tell them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::UnitId;

/// A unit as it was on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    pub unit_id: UnitId,
    /// Official code, which other units may have had before; villages have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "22786")]
    pub code: Option<String>,
    /// Name with its kind. Two villages of one name in one commune say which commune they came from.
    #[schema(example = "Xã Bác Ái Tây")]
    pub name: String,
    /// Name and the units above it.
    #[schema(example = "Xã Bác Ái Tây, Tỉnh Khánh Hòa")]
    pub label: String,
    /// province, district, commune or village.
    #[schema(example = "commune")]
    pub level: String,
    /// tinh, thanh-pho, huyen, phuong, xa, thi-tran, thon or khu-pho.
    #[schema(example = "xa")]
    pub kind: String,
    /// Class in which communes are ranked: urban, lowland or upland.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "upland")]
    pub class: Option<String>,
    /// First day under this name and code; 2020-01-01 stands for "before this record begins".
    pub valid_from: NaiveDate,
    /// First day no longer; absent today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// The unit above it on that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<UnitId>,
}

/// A unit with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitHistory {
    pub unit: Unit,
    /// Units directly within it on that day.
    pub children: Vec<Unit>,
    /// Who continues it.
    pub successors: Vec<UnitSuccession>,
    /// Whom it continues.
    pub predecessors: Vec<UnitSuccession>,
}

/// One tie of a merger or a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitSuccession {
    /// The other unit.
    pub unit_id: UnitId,
    #[schema(example = "Xã Phước Bình, Huyện Bác Ái, Tỉnh Ninh Thuận")]
    pub label: String,
    /// First day of the successor.
    pub on_date: NaiveDate,
    /// whole or part.
    #[schema(example = "whole")]
    pub share: String,
    /// Which villages a part is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub villages: Option<String>,
}
