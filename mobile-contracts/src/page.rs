//! Long lists, a page at a time.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most rows that one page may hold.
pub const PAGE_LIMIT_MAX: u32 = 200;
/// Rows of a page when the request does not say.
pub const PAGE_LIMIT_DEFAULT: u32 = 50;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the list's own order.
    pub items: Vec<T>,
    /// Give this as `cursor` for the next page; absent on the last one. Opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page of other rows.
    ///
    /// # Errors
    /// The first row's that cannot be turned.
    pub fn try_map<U, E>(self, turn: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            items: self.items.into_iter().map(turn).collect::<Result<_, _>>()?,
            next_cursor: self.next_cursor,
        })
    }
}
