//! An appointment for a phone's calendar (RFC 5545): the same event again after each change, under one
//! UID and a higher SEQUENCE, so that a calendar replaces what it has.

use std::fmt::Write as _;

use actix_web::{HttpRequest, HttpResponse, post, web};
use chrono::{DateTime, Utc};
use mobile_contracts::booking::{Appointment, AppointmentKey};

use crate::app::App;
use crate::booking::appointments::own::tell;
use crate::booking::appointments::routes::{admit_lookup, open_appointment};
use crate::booking::problem::BookingProblem;
use crate::http::extract::Json;
use crate::http::failure::Failure;

/// Give an appointment as a calendar file.
///
/// After a change ask again: the event keeps its UID and replaces the one in the calendar; a cancelled
/// one takes it out.
#[utoipa::path(tag = "booking", request_body = AppointmentKey, responses(
    (status = OK, description = "A file for a phone's calendar.", body = String, content_type = "text/calendar"),
    BookingProblem))]
#[post("/appointments/calendar")]
pub async fn export_calendar(
    app: web::Data<App>,
    request: HttpRequest,
    body: Json<AppointmentKey>,
) -> Result<HttpResponse, Failure> {
    admit_lookup(&app, &request).await?;
    let mut conn = app.pool.get().await?;
    let row = open_appointment(&app, &mut conn, &body).await?;
    drop(conn);
    let told = tell(&app, &row).await?;
    let offices = app.availability.offices(&app).await?;
    let service = offices.services.iter();
    let service = service.filter(|one| one.service_code == told.service_code);
    let event = Event {
        service_name: service
            .map(|one| one.name.as_str())
            .next()
            .unwrap_or("Làm thủ tục"),
        booked_at: row.booked_at,
        changed_at: row.changed_at,
        now: app.clock.now(),
        told: &told,
    };
    let method = event.method();
    Ok(HttpResponse::Ok()
        .content_type(format!("text/calendar; charset=utf-8; method={method}"))
        .insert_header((
            "content-disposition",
            "attachment; filename=\"lich-hen.ics\"",
        ))
        .body(event.file()))
}

/// What a calendar is told. Neither the secret nor a name: calendars are shared, and synced elsewhere.
struct Event<'a> {
    told: &'a Appointment,
    service_name: &'a str,
    booked_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    now: DateTime<Utc>,
}

impl Event<'_> {
    /// Nobody is to come then: it is cancelled, or the office has closed and has no other time yet.
    fn is_off(&self) -> bool {
        matches!(self.told.status.as_str(), "cancelled" | "conflict")
    }

    fn method(&self) -> &'static str {
        if self.is_off() { "CANCEL" } else { "PUBLISH" }
    }

    fn file(&self) -> String {
        let told = self.told;
        let stamp = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        // Hundredths of a second since it was booked: higher after every change, whoever makes it, and
        // nothing more to be kept.
        let sequence = (self.changed_at - self.booked_at).num_milliseconds().max(0) / 10;
        let mut file = Lines::default();
        file.line("BEGIN", "VCALENDAR");
        file.line("VERSION", "2.0");
        file.line("PRODID", "-//To 06//Booking//VI");
        file.line("CALSCALE", "GREGORIAN");
        file.line("METHOD", self.method());
        file.line("BEGIN", "VEVENT");
        file.line("UID", &format!("{}@to06.invalid", told.appointment_id));
        file.line("DTSTAMP", &stamp(self.now));
        file.line("CREATED", &stamp(self.booked_at));
        file.line("LAST-MODIFIED", &stamp(self.changed_at));
        file.line("SEQUENCE", &sequence.to_string());
        // Nobody reads answers: a name that leads nowhere, for files of this METHOD must have one.
        file.line("ORGANIZER", "mailto:khong-tra-loi@to06.invalid");
        file.line("DTSTART", &stamp(told.starts_at));
        file.line("DTEND", &stamp(told.ends_at));
        file.line(
            "STATUS",
            if self.is_off() {
                "CANCELLED"
            } else {
                "CONFIRMED"
            },
        );
        file.text("SUMMARY", &format!("{} ({})", self.service_name, told.code));
        file.text(
            "LOCATION",
            &format!("{}, {}", told.office_name, told.address),
        );
        file.text("DESCRIPTION", &self.description());
        file.line("CLASS", "PRIVATE");
        file.line("TRANSP", "OPAQUE");
        if !self.is_off() {
            file.reminder("-P1D", "Ngày mai có lịch hẹn.");
            file.reminder("-PT2H", "Còn hai giờ nữa đến lịch hẹn.");
        }
        file.line("END", "VEVENT");
        file.line("END", "VCALENDAR");
        file.0
    }

    fn description(&self) -> String {
        let told = self.told;
        let mut text = format!("Mã lịch hẹn: {}\n", told.code);
        if !told.directions.is_empty() {
            let _ = writeln!(text, "Đường đi: {}", told.directions);
        }
        if !told.documents.is_empty() {
            text.push_str("Mang theo:\n");
        }
        for document in &told.documents {
            let _ = writeln!(text, "- {document}");
        }
        if !told.note.is_empty() {
            let _ = writeln!(text, "{}", told.note);
        }
        text.push_str("Cán bộ không bao giờ hỏi mã OTP, mật khẩu hay mã khóa VNeID.");
        text
    }
}

/// Longest line of a file, in octets without its end.
const LINE_OCTETS_MAX: usize = 75;

/// Content lines, folded.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for letter in format!("{name}:{value}").chars() {
            // A line goes on after a line end and a space; no letter is cut in two.
            if octets + letter.len_utf8() > LINE_OCTETS_MAX {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A value of text: its commas, semicolons and line ends are no separators.
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for letter in value.chars() {
            match letter {
                '\\' | ',' | ';' => escaped.extend(['\\', letter]),
                '\n' => escaped.push_str("\\n"),
                other if other.is_control() => {}
                other => escaped.push(other),
            }
        }
        self.line(name, &escaped);
    }

    fn reminder(&mut self, trigger: &str, words: &str) {
        self.line("BEGIN", "VALARM");
        self.line("ACTION", "DISPLAY");
        self.line("TRIGGER", trigger);
        self.text("DESCRIPTION", words);
        self.line("END", "VALARM");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_line_is_folded_at_75_octets_and_read_back_whole(value in ".{0,300}") {
            let mut lines = Lines::default();
            lines.text("SUMMARY", &value);
            for line in lines.0.split_terminator("\r\n") {
                prop_assert!(line.len() <= LINE_OCTETS_MAX);
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let whole = lines.0.replace("\r\n ", "");
            let said = whole.strip_prefix("SUMMARY:").unwrap().strip_suffix("\r\n").unwrap();
            let mut read = String::new();
            let mut letters = said.chars();
            while let Some(letter) = letters.next() {
                prop_assert!(letter != ',' && letter != ';');
                read.push(match letter {
                    '\\' => match letters.next().unwrap() {
                        'n' => '\n',
                        other => other,
                    },
                    other => other,
                });
            }
            let kept: String = value.chars().filter(|one| *one == '\n' || !one.is_control()).collect();
            prop_assert_eq!(read, kept);
        }
    }
}
