//! Invented citizens: valid in form, nobody's in fact.

use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A mobile number that no other test of this run has.
pub fn phone() -> String {
    format!("09{:08}", 10_000_000 + NEXT.fetch_add(1, Ordering::Relaxed))
}

/// An ID number that no other test of this run has: a woman born in 1990 and registered in Ninh Thuận.
pub fn id_number() -> String {
    format!("058190{:06}", NEXT.fetch_add(1, Ordering::Relaxed))
}
