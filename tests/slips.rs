//! An appointment on paper, for whoever has no phone.

use mobile_contracts::booking::{BookedParty, DeskDay, Hold};
use serde_json::json;
use uuid::Uuid;

use crate::harness::booking::{confirmation, key_of};
use crate::harness::{TestApp, citizen};

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_scripts_cancels_takes_it_back_and_prints_the_slip() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let person = app.stranger();
    let booked = person
        .book(&office, app.coming(1)[0], &citizen::id_number())
        .await;
    let secret = booked.secret.clone().unwrap();
    let sure = [
        ("code", booked.code.as_str()),
        ("secret", secret.as_str()),
        ("sure", "yes"),
    ];
    let (status, page) = person.post_form("/lich-hen/huy", &sure).await;
    assert!(
        status == 200 && page.contains("action=\"/lich-hen/lay-lai\""),
        "{page}"
    );
    let (code, key) = (hidden(&page, "code"), hidden(&page, "secret"));
    let own = [("code", code.as_str()), ("secret", key.as_str())];
    let (status, page) = person.post_form("/lich-hen/lay-lai", &own).await;
    assert!(status == 200 && page.contains("Đã đặt"), "{page}");
    assert!(page.contains("action=\"/lich-hen/phieu\""), "{page}");
    let (status, slip) = person.post_form("/lich-hen/phieu", &own).await;
    assert_eq!(status, 200);
    for part in [
        "Nguyễn Thị Thử",
        &booked.code,
        &secret,
        "<svg class=\"qr\"",
        "Điểm tiếp nhận thử",
        "Số 1",
        "Mang theo",
        "Không đưa mã OTP",
    ] {
        assert!(slip.contains(part), "{part} is missing: {slip}");
    }
    assert!(!slip.contains("<script"));
    let wrong = [("code", code.as_str()), ("secret", "AAAAA-AAAAA")];
    assert_eq!(person.post_form("/lich-hen/phieu", &wrong).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_is_for_whoever_has_code_and_secret() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let person = app.stranger();
    let booked = person
        .book(&office, app.coming(1)[0], &citizen::id_number())
        .await;
    let slip = person
        .post("/api/v1/appointments/slip", key_of(&booked))
        .await
        .expect(200);
    assert!(slip.text.contains(booked.secret.as_deref().unwrap()));
    assert_eq!(slip.headers["content-type"], "text/html; charset=utf-8");
    let wrong = json!({ "code": booked.code, "secret": "AAAAA-AAAAA" });
    person
        .post("/api/v1/appointments/slip", wrong)
        .await
        .refused(404, "appointment-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_names_the_relative_and_the_helper_and_carries_what_the_desk_scans() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let helper = app.volunteer("22786").await;
    let id = citizen::id_number();
    let hold = helper.hold(&office, app.coming(1)[0], &[&id]).await;
    let mut body = confirmation(&hold.expect(201).json::<Hold>().hold_token, &[&id]);
    body["visitors"][0]["phone"] = json!(null);
    body["proxy"] = json!({ "name": "Nguyễn Văn Nam", "relation": "con <trai>" });
    let path = "/api/v1/appointments";
    let party = helper.post_once(path, Uuid::new_v4(), body).await;
    let party: BookedParty = party.expect(201).json();
    let booked = &party.appointments[0];
    let slip = async || {
        let path = "/api/v1/appointments/slip";
        app.stranger()
            .post(path, key_of(booked))
            .await
            .expect(200)
            .text
    };
    let page = slip().await;
    assert!(
        page.contains("Người nhà đặt hộ: Nguyễn Văn Nam (con &lt;trai&gt;)"),
        "{page}"
    );
    // The desk is told both names as well.
    let officer = app.officer("22786").await;
    let desk = format!("/api/v1/offices/{}/desk/find", office.office_id);
    let desk = officer.post(&desk, json!({ "id_number": id })).await;
    let desk: DeskDay = desk.expect(200).json();
    let told = &desk.appointments[0];
    assert_eq!(told.booked_by.as_ref().unwrap().name, "Nguyễn Văn Nam");
    let helper_name = told.helper_name.as_deref().unwrap();
    let line = format!("Người giúp đặt: {helper_name} <");
    assert!(page.contains(&line), "{line} {page}");
    // The picture is 21 modules wide with a margin of 4, and holds its three corners.
    assert!(page.contains("viewBox=\"0 0 29 29\""), "{page}");
    for corner in ["M4 4h7v1h-7z", "M18 4h7v1h-7z", "M4 18h7v1h-7z"] {
        assert!(page.contains(corner), "{corner}: {page}");
    }
    assert!(!page.contains("đã hủy"));
    helper.cancel(booked).await.expect(200);
    assert!(slip().await.contains("Lịch hẹn này đã hủy."));
}
