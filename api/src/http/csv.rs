//! CSV files that people upload: UTF-8, a header that is known, a bounded number of lines.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::failure::{Failure, FieldError};

/// Whether a file is only to be judged.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadMode {
    /// True: say line by line what would happen, and write nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// One line as it was read, or what is wrong with it. The header is line 1.
pub type Line<T> = (u32, Result<T, String>);

/// Reads every line of a file. `columns` may all appear in the header, in any order; those of
/// `required` must.
///
/// # Errors
/// 422 when the file as a whole cannot be used.
pub fn read_lines<T: DeserializeOwned>(
    file: &[u8],
    columns: &[&str],
    required: &[&str],
    lines_max: usize,
) -> Result<Vec<Line<T>>, Failure> {
    let text = std::str::from_utf8(file).map_err(|_| {
        unusable(
            "Tệp không phải UTF-8. Hãy lưu lại dạng CSV UTF-8.",
            "The file is not UTF-8. Save it as CSV UTF-8.",
        )
    })?;
    if text.contains('\0') {
        return Err(unusable(
            "Tệp chứa ký tự NUL.",
            "The file holds a NUL character.",
        ));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    };
    let known = |name: &String| columns.contains(&name.as_str());
    let complete = required
        .iter()
        .all(|name| header.iter().any(|own| own == name));
    if !complete || !header.iter().all(known) {
        return Err(unusable(
            format!("Dòng tiêu đề cần các cột: {}.", columns.join(",")),
            format!("The header needs the columns: {}.", columns.join(",")),
        ));
    }
    let mut lines = Vec::new();
    for (index, record) in reader.deserialize::<T>().enumerate() {
        if index == lines_max {
            return Err(unusable(
                format!("Tệp có hơn {lines_max} dòng; hãy chia nhỏ."),
                format!("The file has more than {lines_max} lines; split it."),
            ));
        }
        let row = record.map_err(|why| format!("Dòng không đọc được: {why}."));
        lines.push((index as u32 + 2, row));
    }
    if lines.is_empty() {
        return Err(unusable("Tệp không có dòng nào.", "The file has no lines."));
    }
    Ok(lines)
}

fn unusable(vi: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Failure {
    Failure::invalid(vec![FieldError::new("", "FILE", vi, en)])
}
