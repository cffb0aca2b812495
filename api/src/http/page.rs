//! Cursors: where a page ended, signed, so that nobody walks a list they were not given.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mobile_contracts::page::{PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page};
use serde::Deserialize;
use utoipa::IntoParams;

use super::failure::{Failure, FieldError};
use crate::privacy::keys::Keys;

const TAG_BYTES: usize = 16;

/// What a list is asked for when nothing else can be asked of it.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Where the page before ended.
    #[param(max_length = 300)]
    cursor: Option<String>,
    /// Rows of a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

impl Paging {
    /// # Errors
    /// Like [`PageQuery::read`].
    pub fn of(&self, keys: &Keys, list: &'static str) -> Result<PageQuery, Failure> {
        PageQuery::read(keys, list, self.cursor.as_deref(), self.limit)
    }
}

/// Which page of which list is asked for.
#[derive(Debug)]
pub struct PageQuery {
    list: &'static str,
    after: Option<String>,
    limit: u32,
}

impl PageQuery {
    /// # Errors
    /// 422 for a limit out of bounds or a cursor that is not this list's.
    pub fn read(
        keys: &Keys,
        list: &'static str,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Self, Failure> {
        Self::read_up_to(PAGE_LIMIT_MAX, keys, list, cursor, limit)
    }

    /// The same for a list whose pages may be longer.
    ///
    /// # Errors
    /// Like [`PageQuery::read`].
    pub fn read_up_to(
        limit_max: u32,
        keys: &Keys,
        list: &'static str,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Self, Failure> {
        let limit = limit.unwrap_or(PAGE_LIMIT_DEFAULT);
        if !(1..=limit_max).contains(&limit) {
            return Err(Failure::invalid(vec![FieldError::new(
                "?limit",
                "RANGE",
                format!("limit từ 1 đến {limit_max}."),
                format!("limit is 1 to {limit_max}."),
            )]));
        }
        let after = match cursor {
            None => None,
            Some(cursor) => Some(open(keys, list, cursor).ok_or_else(wrong_cursor)?),
        };
        Ok(Self { list, after, limit })
    }

    /// The key after which the page begins.
    ///
    /// # Errors
    /// 422 when the cursor holds no such key.
    pub fn after<K: std::str::FromStr>(&self) -> Result<Option<K>, Failure> {
        self.after
            .as_deref()
            .map(|key| key.parse().map_err(|_| wrong_cursor()))
            .transpose()
    }

    /// Rows of the page.
    pub fn limit(&self) -> usize {
        self.limit as usize
    }

    /// Rows to load: one more than the page, to know whether another follows.
    pub fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

fn wrong_cursor() -> Failure {
    Failure::invalid(vec![FieldError::new(
        "?cursor",
        "CURSOR",
        "Con trỏ trang không hợp lệ; hãy đọc lại từ trang đầu.",
        "This cursor is not valid; start again from the first page.",
    )])
}

/// Cuts loaded rows to the page and signs where it ended.
pub fn page<T, K: std::fmt::Display>(
    keys: &Keys,
    query: &PageQuery,
    mut rows: Vec<T>,
    key: impl Fn(&T) -> K,
) -> Page<T> {
    let limit = query.limit();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows
        .last()
        .filter(|_| more)
        .map(|row| seal(keys, query.list, &key(row).to_string()));
    Page {
        items: rows,
        next_cursor,
    }
}

fn purpose(list: &str) -> String {
    format!("cursor/{list}/v1")
}

/// Signs a position, for lists that always say where they ended.
pub fn seal(keys: &Keys, list: &str, key: &str) -> String {
    let mut bytes = keys.mac(&purpose(list), &[key.as_bytes()])[..TAG_BYTES].to_vec();
    bytes.extend_from_slice(key.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open(keys: &Keys, list: &str, cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (tag, key) = bytes.split_at_checked(TAG_BYTES)?;
    keys.verify(&purpose(list), &[key], tag)
        .then(|| String::from_utf8(key.to_vec()).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::keys::MasterKey;

    #[test]
    fn a_cursor_of_another_list_or_a_touched_one_is_refused() {
        let keys = Keys::new(vec![MasterKey::new(1, [7; 32])]);
        let query = PageQuery::read(&keys, "a", None, Some(2)).unwrap();
        let page = page(&keys, &query, vec![1, 2, 3], |row| *row);
        let cursor = page.next_cursor.unwrap();
        assert_eq!(page.items, [1, 2]);
        let next = PageQuery::read(&keys, "a", Some(&cursor), None).unwrap();
        assert_eq!(next.after::<i32>().unwrap(), Some(2));
        assert!(PageQuery::read(&keys, "b", Some(&cursor), None).is_err());
        assert!(PageQuery::read(&keys, "a", Some(&format!("{cursor}A")), None).is_err());
        assert!(PageQuery::read(&keys, "a", None, Some(0)).is_err());
    }
}
