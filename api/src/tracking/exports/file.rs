//! A filled table as the file that somebody takes away.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use chrono::NaiveDate;

use crate::http::failure::{Failure, FieldError};
use crate::http::table::{Sheet, XLSX};

/// What a file is called: the word in its name, and the title of its sheet.
#[derive(Debug, Clone, Copy)]
pub struct Called {
    pub word: &'static str,
    pub title: &'static str,
}

/// # Errors
/// When the sheet cannot be written.
pub async fn answer(
    sheet: Sheet,
    called: Called,
    format: &str,
    today: NaiveDate,
) -> Result<HttpResponse, Failure> {
    let is_csv = format == "csv";
    let file = tokio::task::spawn_blocking(move || match is_csv {
        true => sheet.to_csv().map_err(Failure::internal),
        false => sheet.to_xlsx(called.title).map_err(Failure::internal),
    });
    let file = file.await.map_err(Failure::internal)??;
    let name = format!("attachment; filename=\"{}-{today}.{format}\"", called.word);
    Ok(HttpResponse::Ok()
        .content_type(if is_csv {
            "text/csv; charset=utf-8"
        } else {
            XLSX
        })
        .insert_header((CONTENT_DISPOSITION, name))
        .body(file))
}

/// What is wrong with the format that is asked for, and with why.
pub fn check(format: &str, reason: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if !matches!(format, "csv" | "xlsx") {
        faults.push(FieldError::new(
            "/format",
            "ONE_OF",
            "Kiểu tệp là csv hoặc xlsx.",
            "The format is csv or xlsx.",
        ));
    }
    if !(5..=200).contains(&reason.trim().chars().count()) {
        faults.push(FieldError::new(
            "/reason",
            "LENGTH",
            "Ghi lý do, từ 5 đến 200 ký tự; lý do được lưu hai năm.",
            "Say what it is for, in 5 to 200 characters; it is kept for two years.",
        ));
    }
    faults
}
