//! Which rows of a board make a page: after a place, before one, or around one's own. Pure.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Where a page begins, and where it ends if not only by its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    first: usize,
    end: Option<usize>,
}

impl Place {
    pub fn from(first: usize) -> Self {
        Self { first, end: None }
    }

    /// The page of so many rows just before this one.
    pub fn before(end: usize, limit: usize) -> Self {
        Self {
            first: end.saturating_sub(limit),
            end: Some(end),
        }
    }

    pub fn rows(self, limit: usize, all: usize) -> Range<usize> {
        let first = self.first.min(all);
        let end = self.end.unwrap_or(usize::MAX).max(first);
        first..first.saturating_add(limit).min(end).min(all)
    }
}

/// The page on which a row stands in the middle, as near to it as the ends of the board allow.
pub fn around(own: usize, limit: usize, all: usize) -> Range<usize> {
    let last_first = all.saturating_sub(limit);
    let first = own.saturating_sub(limit / 2).min(last_first);
    Place::from(first).rows(limit, all)
}

/// As a cursor carries it: `50`, or `3-50`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            Some(end) => write!(f, "{}-{end}", self.first),
            None => write!(f, "{}", self.first),
        }
    }
}

impl FromStr for Place {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('-') {
            Some((first, end)) => Ok(Self {
                first: first.parse()?,
                end: Some(end.parse()?),
            }),
            None => Ok(Self::from(text.parse()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ones_own_row_is_in_the_middle_but_at_the_ends() {
        assert_eq!(around(10, 5, 24), 8..13);
        assert_eq!(around(1, 5, 24), 0..5);
        assert_eq!(around(23, 5, 24), 19..24);
        assert_eq!(around(2, 50, 3), 0..3);
    }

    proptest! {
        /// From any page, forth and back: every row is met once, in order.
        #[test]
        fn pages_before_and_after_make_the_whole(all in 1_usize..80, limit in 1_usize..30, own in 0_usize..80) {
            let own = own.min(all - 1);
            let middle = around(own, limit, all);
            prop_assert!(middle.contains(&own) && middle.len() == limit.min(all));
            let through = |place: Place| place.to_string().parse::<Place>().unwrap().rows(limit, all);
            let (mut first, mut last) = (middle.start, middle.end);
            let mut rows: Vec<usize> = middle.collect();
            while first > 0 {
                let page = through(Place::before(first, limit));
                prop_assert!(!page.is_empty() && page.end == first);
                first = page.start;
                rows = page.chain(rows).collect();
            }
            while last < all {
                let page = through(Place::from(last));
                prop_assert!(!page.is_empty() && page.start == last);
                last = page.end;
                rows.extend(page);
            }
            prop_assert_eq!(rows, (0..all).collect::<Vec<_>>());
        }
    }
}
