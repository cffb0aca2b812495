//! SQL in our own words, planned once per connection.
//!
//! diesel prepares a `sql_query` anew each time, for its text might differ with every call. Ours is
//! fixed text with bound values, so it may be kept: two round trips and a planning less a statement.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A `sql_query` whose text is the same on every call.
pub struct Prepared<Q>(Q);

/// Keeps the plan of a query. Its text must be fixed: whatever varies is bound.
pub fn prepared<Q: QueryFragment<Pg>>(query: Q) -> Prepared<Q> {
    Prepared(query)
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();

    // Known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}
