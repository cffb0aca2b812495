//! Every office with everything that booking asks of it, by a fixed number of queries.

use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use mobile_contracts::booking::{OfficeHours, OfficeService, Service};
use mobile_contracts::ids::OfficeId;

use crate::booking::calendar::store::{
    as_rule, load_calendar, load_exceptions, load_extra, load_stations,
};
use crate::booking::offices::lengths::Lengths;
use crate::booking::offices::store::{OfficeRow, load_slot_lengths};
use crate::booking::offices::{OfficeEntry, Offices};
use crate::booking::slots::rules::Timetable;
use crate::db::Conn;
use crate::db::schema::{office, office_hours, office_service, service, service_duration};

/// All of them, and every service.
pub async fn load_offices(conn: &mut Conn) -> QueryResult<Offices> {
    let rows: Vec<OfficeRow> = office::table
        .select(OfficeRow::as_select())
        .order(office::office_id)
        .load(conn)
        .await?;
    let hours: Vec<(OfficeId, i16, i16, i16, i16, i16)> = office_hours::table
        .order((
            office_hours::office_id,
            office_hours::weekday,
            office_hours::session,
        ))
        .load(conn)
        .await?;
    let services: Vec<(String, String, i16, Vec<Option<String>>)> = service::table
        .order(service::sort_order)
        .select((
            service::service_code,
            service::name,
            service::minutes,
            service::documents,
        ))
        .load(conn)
        .await?;
    let together: Vec<(String, i16)> = service_duration::table
        .order((service_duration::service_code, service_duration::people))
        .select((service_duration::service_code, service_duration::minutes))
        .load(conn)
        .await?;
    let done: Vec<(OfficeId, String, String)> = office_service::table.load(conn).await?;
    let services: Vec<Service> = services
        .into_iter()
        .map(|(service_code, name, minutes, documents)| {
            let together = together.iter().filter(|(code, _)| *code == service_code);
            let mut party_minutes = vec![minutes];
            party_minutes.extend(together.map(|(_, minutes)| minutes));
            Service {
                service_code,
                name,
                minutes,
                party_minutes,
                documents: documents.into_iter().flatten().collect(),
            }
        })
        .collect();
    let minutes = services.iter();
    let minutes = minutes.map(|one| (one.service_code.clone(), one.party_minutes.clone()));
    let durations = Arc::new(minutes.collect());
    let calendar = Arc::new(load_calendar(conn).await?);
    let mut exceptions = load_exceptions(conn, None).await?;
    let mut stations = load_stations(conn).await?;
    let mut extra = load_extra(conn).await?;
    let mut lengths = load_slot_lengths(conn).await?;
    let all = rows
        .into_iter()
        .map(|row| {
            let own = hours
                .iter()
                .filter(|(id, ..)| *id == row.office_id)
                .map(
                    |&(_, weekday, session, opens_min, closes_min, capacity)| OfficeHours {
                        weekday,
                        session,
                        opens_min,
                        closes_min,
                        capacity,
                    },
                )
                .collect();
            let done = services
                .iter()
                .filter_map(|service| {
                    let (_, _, note) = done.iter().find(|(id, code, _)| {
                        *id == row.office_id && *code == service.service_code
                    })?;
                    Some(OfficeService {
                        service_code: service.service_code.clone(),
                        name: service.name.clone(),
                        documents: service.documents.clone(),
                        note: note.clone(),
                    })
                })
                .collect();
            let id = row.office_id;
            let exceptions = exceptions.remove(&id).unwrap_or_default();
            let mut stations = stations.remove(&id).unwrap_or_default();
            stations.desks = row.desks;
            stations.people_per_kit = row.people_per_kit;
            let timetable = Timetable {
                hours: own,
                open_on_holidays: row.open_on_holidays,
                calendar: calendar.clone(),
                exceptions: exceptions.into_iter().map(as_rule).collect(),
                stations,
                extra: extra.remove(&id).unwrap_or_default(),
                lengths: Lengths::new(row.slot_min, lengths.remove(&id).unwrap_or_default()),
                lead_min: row.lead_min,
                same_day_share: row.same_day_share,
                release_min: row.release_min,
                walk_in_places: row.walk_in_places,
                unverified_share: row.unverified_share,
            };
            let entry = OfficeEntry {
                services: done,
                durations: Arc::clone(&durations),
                timetable,
                row,
            };
            (entry.row.office_id, Arc::new(entry))
        })
        .collect();
    Ok(Offices {
        all,
        services,
        calendar,
    })
}
