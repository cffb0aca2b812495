//! A QR code as a picture within a page: no file, no script, no request.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// What a reader must have around the modules.
const QUIET: usize = 4;

/// An SVG picture of what the desk reads. `None`: too long for any code.
pub fn svg(payload: &str, label: &str) -> Option<String> {
    // A quarter may be lost to a fold or a stain.
    let code = QrCode::with_error_correction_level(payload, EcLevel::Q).ok()?;
    let width = code.width();
    let modules = code.to_colors();
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                let length = run.len();
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"{label}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_an_appointment_is_small_enough_to_be_printed_large() {
        let picture = svg("TO06:K7QM2XRT", "QR").unwrap();
        assert!(picture.contains("viewBox=\"0 0 29 29\""), "{picture}");
        // The corner of every code: seven dark modules in a row.
        assert!(picture.contains("M4 4h7v1h-7z"), "{picture}");
    }
}
