//! How much is loaded and how often it is asked, if somebody says so: `cargo bench -- walls --many=50000`. A
//! build without optimisation or a busy machine is tried with less; the aims are those of the usual size.

/// The number that was given by this name, or the usual one.
pub fn of(name: &str, usual: usize) -> usize {
    let given = std::env::args().find_map(|word| {
        let number = word.strip_prefix("--")?.strip_prefix(name)?;
        number.strip_prefix('=')?.parse().ok()
    });
    given.unwrap_or(usual)
}
