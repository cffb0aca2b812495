//! Prints the contract.

use std::error::Error;
use std::io::Write as _;

use crate::routes;

pub fn print() -> Result<(), Box<dyn Error>> {
    std::io::stdout().write_all(routes::document_text().as_bytes())?;
    Ok(())
}
