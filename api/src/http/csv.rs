//! CSV files that people upload, as spreadsheets write them: UTF-8, or UTF-16 with a mark; commas,
//! semicolons or tabs; a header that is known, a bounded number of lines.

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
    let text = read_text(file)?;
    let text = text.as_ref();
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(delimiter_of(text.lines().next().unwrap_or_default()))
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

/// The text of a file, without its mark.
///
/// # Errors
/// 422 when nobody can know what its bytes mean.
pub(super) fn read_text(file: &[u8]) -> Result<Cow<'_, str>, Failure> {
    let text = text_of(file).ok_or_else(|| {
        unusable(
            "Tệp không phải UTF-8 (có thể là Windows-1258, TCVN3 hay VNI; không tệp nào ghi rõ nó dùng bảng mã nào, nên không đoán). Trong Excel: Lưu thành (Save As), chọn kiểu CSV UTF-8 hoặc .xlsx.",
            "The file is not UTF-8 (it may be Windows-1258, TCVN3 or VNI; none says which it is, so nothing is guessed). In Excel: Save As, of the type CSV UTF-8 or .xlsx.",
        )
    })?;
    if text.contains('\0') {
        return Err(unusable(
            "Tệp chứa ký tự NUL: có lẽ là UTF-16 không có dấu đầu tệp. Lưu lại thành CSV UTF-8.",
            "The file holds a NUL character: it may be UTF-16 without a mark. Save it as CSV UTF-8.",
        ));
    }
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        }),
    })
}

/// What a spreadsheet writes as "CSV UTF-8" or as "Unicode text". A code page says nowhere which it is: read
/// as another one, every name would be wrong and none would look so.
fn text_of(file: &[u8]) -> Option<Cow<'_, str>> {
    let units = |pair: &[u8], of: fn([u8; 2]) -> u16| of([pair[0], pair[1]]);
    let wide = |body: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = body.chunks_exact(2).map(|pair| units(pair, of)).collect();
        let whole = body.len().is_multiple_of(2);
        String::from_utf16(&units).ok().filter(|_| whole)
    };
    match file {
        [0xff, 0xfe, body @ ..] => wide(body, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, body @ ..] => wide(body, u16::from_be_bytes).map(Cow::Owned),
        _ => std::str::from_utf8(file).ok().map(Cow::Borrowed),
    }
}

/// What stands between the columns: semicolons where the comma is a decimal sign, as in Vietnam.
pub(super) fn delimiter_of(header: &str) -> u8 {
    let count = |sign: u8| header.bytes().filter(|byte| *byte == sign).count();
    // Of equals the last one.
    let most = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|sign| count(*sign));
    most.unwrap_or(b',')
}

/// A file that cannot be used as a whole, and what to do about it.
pub fn unusable(vi: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Failure {
    Failure::invalid(vec![FieldError::new("", "FILE", vi, en)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Person {
        name: String,
        phone: Option<String>,
    }

    fn read(file: &[u8]) -> Result<Vec<Line<Person>>, Failure> {
        read_lines(file, &["name", "phone"], &["name"], 2)
    }

    #[test]
    fn what_spreadsheets_write_is_read_whichever_way_they_were_set_up() {
        let text = "name;phone\r\nNguyễn Thị Thử;0912345678\r\n";
        let person = Person {
            name: "Nguyễn Thị Thử".to_owned(),
            phone: Some("0912345678".to_owned()),
        };
        let wide = |of: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let text = format!("\u{feff}{}", text.replace(';', "\t"));
            text.encode_utf16().flat_map(of).collect()
        };
        for file in [
            text.as_bytes().to_vec(),
            text.replace(';', ",").into_bytes(),
            format!("\u{feff}{text}").into_bytes(),
            wide(u16::to_le_bytes),
            wide(u16::to_be_bytes),
        ] {
            let lines = read(&file).unwrap();
            assert_eq!(
                lines,
                [(
                    2,
                    Ok(Person {
                        name: person.name.clone(),
                        phone: person.phone.clone()
                    })
                )]
            );
        }
    }

    #[test]
    fn a_code_page_is_refused_and_never_guessed() {
        let latin = b"name\nNguy\xean Van A\n";
        let half = [0xff, 0xfe, b'n'];
        for file in [
            &latin[..],
            &half,
            b"",
            b"name\n",
            b"other\nx\n",
            b"name\na\nb\nc\n",
            b"na\0me\nx\n",
        ] {
            assert!(read(file).is_err(), "{file:?}");
        }
    }
}
