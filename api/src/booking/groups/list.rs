//! The list of a group, to be handed out, as a CSV file.

use chrono::FixedOffset;

use crate::app::App;
use crate::booking::appointments::secret::{secret, spell_code};
use crate::booking::appointments::store::AppointmentRow;
use crate::http::failure::Failure;

/// The list, for a spreadsheet.
///
/// # Errors
/// When a name or the office cannot be read.
pub fn csv(app: &App, rows: &[AppointmentRow]) -> Result<Vec<u8>, Failure> {
    let vietnam = FixedOffset::east_opt(7 * 3600).expect("seven hours are a valid offset");
    // A mark at the start, without which spreadsheets take it for another encoding.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let header = [
        "name", "id_tail", "date", "time", "code", "secret", "status",
    ];
    let unwritable = |_| Failure::internal("a list cannot be written");
    writer.write_record(header).map_err(unwritable)?;
    for row in rows {
        let starts_at = row.starts_at.with_timezone(&vietnam);
        let record = [
            row.name(&app.keys)?,
            row.id_tail.clone(),
            starts_at.format("%d/%m/%Y").to_string(),
            starts_at.format("%H:%M").to_string(),
            spell_code(&row.code),
            secret(&app.keys, row.appointment_id, row.secret_version),
            row.status.clone(),
        ];
        writer.write_record(record).map_err(unwritable)?;
    }
    writer
        .into_inner()
        .map_err(|_| Failure::internal("a list cannot be written"))
}
