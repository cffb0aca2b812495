//! Offices, slots and people who book.

use api::booking::offices::store::replace_hours;
use chrono::{DateTime, NaiveDate, Utc};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::booking::{
    Appointment, BookedAppointment, BookedParty, HOLD_TOKEN_HEADER, Hold, OfficeHours, OpenOffice,
    Slot,
};
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OfficeId;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Person, TestApp, citizen};

/// An office of a test: always open, half-hour slots.
pub struct TestOffice {
    pub office_id: OfficeId,
}

impl TestApp {
    /// An office that is open all day, every day, with this many places in each slot, all of them for
    /// anybody and any day.
    pub async fn office(&self, commune_code: &str, capacity: i16) -> TestOffice {
        let new = OpenOffice {
            unit_id: self.commune(commune_code).await,
            name: "Điểm tiếp nhận thử".to_owned(),
            kind: "fixed".to_owned(),
            address: "Số 1".to_owned(),
            directions: String::new(),
            services: vec!["cccd_new".to_owned(), "level2".to_owned()],
        };
        let mut conn = self.owner().await;
        let office_id = api::booking::offices::store::insert_office(&mut conn, &new)
            .await
            .unwrap();
        conn.batch_execute(&format!(
            "update office set same_day_share = 0, unverified_share = 100, open_on_holidays = true \
             where office_id = {office_id}"
        ))
        .await
        .unwrap();
        let hours: Vec<OfficeHours> = (1..=7)
            .map(|weekday| OfficeHours {
                weekday,
                session: 1,
                opens_min: 0,
                closes_min: 1440,
                capacity,
            })
            .collect();
        replace_hours(&mut conn, office_id, &hours).await.unwrap();
        self.app.availability.forget_office(office_id);
        TestOffice { office_id }
    }

    /// Starts of the slots of the coming days, none closing within the next half hour.
    pub fn coming(&self, count: usize) -> Vec<DateTime<Utc>> {
        let half_hour = 1800;
        let now = self.app.clock.now().timestamp();
        let first = (now / half_hour + 3) * half_hour;
        (0..count)
            .map(|at| DateTime::from_timestamp(first + at as i64 * half_hour, 0).unwrap())
            .collect()
    }

    /// Starts of coming slots that follow each other within one local day.
    pub fn in_a_row(&self, count: usize) -> Vec<DateTime<Utc>> {
        let coming = self.coming(48 + count);
        let one_day = |row: &&[DateTime<Utc>]| local_day(row[0]) == local_day(row[count - 1]);
        coming.windows(count).find(one_day).unwrap().to_vec()
    }
}

/// A body of `POST /holds`.
pub fn wish(office: &TestOffice, starts_at: DateTime<Utc>, id_numbers: &[&str]) -> Value {
    json!({
        "office_id": office.office_id,
        "starts_at": starts_at,
        "service_code": "cccd_new",
        "id_numbers": id_numbers,
        "device_id": Uuid::new_v4(),
    })
}

/// A body of `POST /appointments`.
pub fn confirmation(hold_token: &str, id_numbers: &[&str]) -> Value {
    let visitors: Vec<Value> = id_numbers
        .iter()
        .map(|id_number| {
            json!({
                "id_number": id_number,
                "name": "Nguyễn Thị Thử",
                "phone": citizen::phone(),
                "consent": "self_given",
            })
        })
        .collect();
    json!({ "hold_token": hold_token, "service_code": "cccd_new", "visitors": visitors })
}

impl Person {
    pub async fn hold(
        &self,
        office: &TestOffice,
        starts_at: DateTime<Utc>,
        id_numbers: &[&str],
    ) -> Answer {
        self.post("/api/v1/holds", wish(office, starts_at, id_numbers))
            .await
    }

    pub async fn confirm(&self, hold: &Hold, id_numbers: &[&str]) -> Answer {
        let body = confirmation(&hold.hold_token, id_numbers);
        self.post_once("/api/v1/appointments", Uuid::new_v4(), body)
            .await
    }

    /// Gives a hold back before it ends, or after.
    pub async fn give_back(&self, hold: &Hold) -> Answer {
        let path = format!("/api/v1/holds/{}", hold.hold_id);
        let request = self.request(Method::DELETE, &path);
        self.send(request.header(HOLD_TOKEN_HEADER, &hold.hold_token))
            .await
    }

    /// Holds and confirms for one citizen.
    pub async fn book(
        &self,
        office: &TestOffice,
        starts_at: DateTime<Utc>,
        id_number: &str,
    ) -> BookedAppointment {
        let hold = self.hold(office, starts_at, &[id_number]).await;
        let confirmed = self
            .confirm(&hold.expect(201).json::<Hold>(), &[id_number])
            .await;
        let party: BookedParty = confirmed.expect(201).json();
        party.appointments[0].clone()
    }

    pub async fn look_up(&self, booked: &BookedAppointment) -> Answer {
        self.post("/api/v1/appointments/lookup", key_of(booked))
            .await
    }

    /// A hold for moving an appointment.
    pub async fn hold_for_move(
        &self,
        office: &TestOffice,
        starts_at: DateTime<Utc>,
        booked: &BookedAppointment,
    ) -> Answer {
        let mut body = wish(office, starts_at, &[]);
        body["appointment"] = key_of(booked);
        self.post("/api/v1/holds", body).await
    }

    pub async fn reschedule(&self, booked: &BookedAppointment, hold: &Hold) -> Answer {
        let mut body = key_of(booked);
        body["hold_token"] = json!(hold.hold_token);
        self.post_once("/api/v1/appointments/reschedule", Uuid::new_v4(), body)
            .await
    }

    pub async fn cancel(&self, booked: &BookedAppointment) -> Answer {
        self.post("/api/v1/appointments/cancel", key_of(booked))
            .await
    }

    /// Sends a group's list for a day of an office, with what else the address says.
    pub async fn book_group(
        &self,
        office: &TestOffice,
        on: NaiveDate,
        more: &str,
        list: &str,
    ) -> Answer {
        self.book_group_once(office, on, more, Uuid::new_v4(), list)
            .await
    }

    pub async fn book_group_once(
        &self,
        office: &TestOffice,
        on: NaiveDate,
        more: &str,
        key: Uuid,
        list: &str,
    ) -> Answer {
        let path = format!(
            "/api/v1/group-bookings?office_id={}&service=cccd_new&on={on}&{more}",
            office.office_id
        );
        let request = self
            .request(reqwest::Method::POST, &path)
            .header("content-type", "text/csv")
            .header("idempotency-key", key.to_string());
        self.send(request.body(list.to_owned())).await
    }

    pub async fn restore(&self, booked: &BookedAppointment) -> Answer {
        self.post("/api/v1/appointments/restore", key_of(booked))
            .await
    }

    /// The slot as it is told now.
    pub async fn slot(&self, office: &TestOffice, starts_at: DateTime<Utc>) -> Slot {
        let on = mobile_contracts::calendar::local_day(starts_at);
        let path = format!("/api/v1/offices/{}/slots?on={on}", office.office_id);
        let day: mobile_contracts::booking::DaySlots = self.get(&path).await.expect(200).json();
        let mut slots = day.slots.into_iter();
        slots.find(|slot| slot.starts_at == starts_at).unwrap()
    }

    pub async fn appointment(&self, booked: &BookedAppointment) -> Appointment {
        self.look_up(booked).await.expect(200).json()
    }
}

pub fn key_of(booked: &BookedAppointment) -> Value {
    json!({ "code": booked.code, "secret": booked.secret })
}

/// What must hold in every committed state; each query selects what breaks it.
pub async fn assert_laws(app: &TestApp) {
    use diesel_async::RunQueryDsl as _;
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let mut conn = app.conn().await;
    for invariant in api::commands::INVARIANTS {
        let sql = format!("select count(*) as n from ({}) broken", invariant.sql);
        let count: Count = diesel::sql_query(sql).get_result(&mut conn).await.unwrap();
        assert_eq!(count.n, 0, "broken: {}", invariant.name);
    }
}
