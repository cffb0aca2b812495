//! For which departments somebody enters the figures of a report.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most departments of one account.
pub const DEPARTMENTS_MAX: usize = 20;

/// For which departments somebody enters figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountDepartments {
    /// As the catalogue names those who answer for indicators. None: figures of all.
    #[schema(example = json!(["Sở Tư pháp"]), max_items = 20)]
    pub departments: Vec<String>,
}

/// Say for which departments somebody enters figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAccountDepartments {
    /// As the catalogue names those who answer for indicators. Empty: figures of all.
    #[schema(example = json!(["Sở Tư pháp"]), max_items = 20)]
    pub departments: Vec<String>,
}
