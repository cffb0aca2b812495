//! How a change that may cost people their places is asked for.

use mobile_contracts::opening::Rearrangement;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::booking::problem::BookingProblem;
use crate::http::failure::{Failure, FieldError};

/// What becomes of people who lose their places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Nobody may: the change is refused.
    #[default]
    Refuse,
    /// They are moved to the nearest equal slots, and told; the rest are listed as conflicts.
    Move,
}

/// How far people may be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// To other slots of the same office.
    Office,
    /// To the offices of its commune too.
    #[default]
    Commune,
    /// To every office that does what they come for.
    Province,
}

/// Asked beside the change itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangeOptions {
    /// Tell what would happen, and change nothing.
    #[serde(default)]
    #[param(default = false)]
    pub dry_run: bool,
    /// What becomes of people who lose their places; `refuse` if left out.
    #[serde(default)]
    #[param(inline)]
    pub on_conflict: OnConflict,
    /// How far they may be sent; `commune` if left out.
    #[serde(default)]
    #[param(inline)]
    pub reach: Reach,
    /// The `preview` of a dry run: do that and nothing else.
    #[serde(default)]
    #[param(max_length = 40)]
    pub preview: Option<String>,
}

const PREVIEW_CHARS_MAX: usize = 40;

impl ChangeOptions {
    /// # Errors
    /// 422 when the preview cannot be one of ours.
    pub fn check(&self) -> Result<(), Failure> {
        let length = self
            .preview
            .as_deref()
            .map_or(0, |told| told.chars().count());
        if length <= PREVIEW_CHARS_MAX {
            return Ok(());
        }
        Err(Failure::invalid(vec![FieldError::new(
            "?preview",
            "LENGTH",
            format!("Tối đa {PREVIEW_CHARS_MAX} ký tự."),
            format!("At most {PREVIEW_CHARS_MAX} characters."),
        )]))
    }

    /// Whether what would be done is what was asked for.
    ///
    /// # Errors
    /// [`BookingProblem::HoursInUse`], [`BookingProblem::PreviewStale`], each with what would happen.
    pub fn judge(&self, planned: &Rearrangement) -> Result<(), Failure> {
        let harmless = planned.people.is_empty();
        if self.on_conflict == OnConflict::Refuse && !harmless {
            let mut slots: Vec<_> = planned.people.iter().map(|one| one.starts_at).collect();
            slots.dedup();
            return Err(Failure::from(BookingProblem::HoursInUse)
                .with("slots", slots)
                .with("rearrangement", planned));
        }
        let known = self
            .preview
            .as_ref()
            .is_none_or(|told| *told == planned.preview);
        if known {
            return Ok(());
        }
        Err(Failure::from(BookingProblem::PreviewStale).with("rearrangement", planned))
    }
}
