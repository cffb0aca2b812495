//! The constraint is the check: a named constraint that speaks becomes the feature's own refusal,
//! where the row is written.

use diesel::result::Error;

/// The name of the constraint that this error is about, if any.
pub fn name(error: &Error) -> Option<&str> {
    match error {
        Error::DatabaseError(_, info) => info.constraint_name(),
        _ => None,
    }
}

/// Turns a named constraint's refusal into a domain error.
pub trait OnConstraint<T> {
    /// When `constraint` spoke, the refusal is `problem`; everything else stays what it was.
    ///
    /// # Errors
    /// The original error as `E`, or `problem`.
    fn on_constraint<E: From<Error>>(self, constraint: &str, problem: impl Into<E>)
    -> Result<T, E>;
}

impl<T> OnConstraint<T> for Result<T, Error> {
    fn on_constraint<E: From<Error>>(
        self,
        constraint: &str,
        problem: impl Into<E>,
    ) -> Result<T, E> {
        self.map_err(|error| {
            if name(&error) == Some(constraint) {
                problem.into()
            } else {
                error.into()
            }
        })
    }
}
