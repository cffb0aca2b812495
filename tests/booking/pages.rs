//! Booking by forms, in a browser without scripts.

use chrono::TimeDelta;
use mobile_contracts::calendar::local_day;

use crate::harness::booking::assert_laws;
use crate::harness::{TestApp, citizen};

/// The value of a hidden field of a page.
pub fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_scripts_books_sees_and_cancels() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let person = app.stranger();
    let starts_at = app.coming(1)[0];
    let starts_s = starts_at.timestamp().to_string();
    let read = async |path: &str| {
        let request = person.request(reqwest::Method::GET, path);
        let response = request.send().await.unwrap();
        let policy = response.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.contains("'sha256-")
                && !policy.contains("unsafe")
                && policy.contains("form-action 'self'")
        );
        assert!(!response.headers().contains_key("set-cookie"));
        response.text().await.unwrap()
    };
    let search = read("/dat-lich?service=cccd_new").await;
    assert!(search.contains(&format!("starts_s={starts_s}")), "{search}");
    let office_id = office.office_id.to_string();
    let form = read(&format!(
        "/dat-lich/cong-dan?office_id={office_id}&starts_s={starts_s}&service=cccd_new"
    ))
    .await;
    assert!(form.contains("method=\"post\"") && !form.contains("<script"));
    let id = citizen::id_number();
    let device = hidden(&form, "device_id");
    let name = "Nguyễn <b>Thử";
    let mut fields = vec![
        ("office_id", office_id.as_str()),
        ("starts_s", starts_s.as_str()),
        ("service", "cccd_new"),
        ("device_id", device.as_str()),
        ("name", name),
        ("id_number", id.as_str()),
        ("consent", "yes"),
    ];
    let (status, page) = person.post_form("/dat-lich/giu-cho", &fields).await;
    assert_eq!(status, 422, "a name has no brackets: {page}");
    assert!(
        page.contains("value=\"Nguyễn &lt;b&gt;Thử\" required"),
        "what was typed stays: {page}"
    );
    assert!(page.contains("id=\"n-about\" class=\"fault\""), "{page}");
    fields[4].1 = "Nguyễn Thị Thử";
    let (status, page) = person.post_form("/dat-lich/giu-cho", &fields).await;
    assert_eq!(status, 200, "{page}");
    let (token, key) = (hidden(&page, "hold_token"), hidden(&page, "key"));
    fields.extend([("hold_token", token.as_str()), ("key", key.as_str())]);
    let (status, booked) = person.post_form("/dat-lich/xac-nhan", &fields).await;
    assert_eq!(status, 201, "{booked}");
    let (_, again) = person.post_form("/dat-lich/xac-nhan", &fields).await;
    assert_eq!(booked, again, "pressing twice books once");
    let mut told = booked
        .split("class=\"code\">")
        .skip(1)
        .map(|part| part.split('<').next().unwrap());
    let own = [
        ("code", told.next().unwrap()),
        ("secret", told.next().unwrap()),
    ];
    let (status, page) = person.post_form("/lich-hen", &own).await;
    assert_eq!(status, 200, "{page}");
    let (to, to_office, move_key) = (
        hidden(&page, "starts_s"),
        hidden(&page, "office_id"),
        hidden(&page, "key"),
    );
    let mut moving = own.to_vec();
    moving.extend([
        ("starts_s", to.as_str()),
        ("office_id", to_office.as_str()),
        ("key", move_key.as_str()),
    ]);
    let (status, page) = person.post_form("/lich-hen/doi", &moving).await;
    assert_eq!(status, 200, "{page}");
    let (status, page) = person.post_form("/lich-hen/huy", &own).await;
    assert!(
        status == 200 && page.contains("Hủy lịch hẹn này?"),
        "asked once: {page}"
    );
    let sure = [own[0], own[1], ("sure", "yes")];
    let (status, page) = person.post_form("/lich-hen/huy", &sure).await;
    assert!(status == 200 && page.contains("Đã hủy"), "{page}");
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_another_site_posts_is_refused() {
    let app = TestApp::start().await;
    let person = app.stranger();
    let host = app.address.as_str();
    for (header, value, expected) in [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", "https://example.org", 403),
        ("origin", "null", 403),
        ("accept", "*/*", 403),
        ("origin", host, 404),
        ("sec-fetch-site", "same-origin", 404),
    ] {
        let request = person
            .request(reqwest::Method::POST, "/lich-hen")
            .header("content-type", "application/x-www-form-urlencoded")
            .header(header, value)
            .body("code=AAAA-AAAA&secret=AAAAA-AAAAA");
        let status = request.send().await.unwrap().status();
        assert_eq!(status.as_u16(), expected, "{header}: {value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_for_a_full_slot_keeps_what_was_typed_and_has_a_button_for_each_other() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let starts_at = app.coming(1)[0];
    let first = app.stranger();
    first.book(&office, starts_at, &citizen::id_number()).await;
    let person = app.stranger();
    let (office_id, starts_s) = (
        office.office_id.to_string(),
        starts_at.timestamp().to_string(),
    );
    let (id, device) = (citizen::id_number(), uuid::Uuid::new_v4().to_string());
    let mut fields = vec![
        ("office_id", office_id.as_str()),
        ("starts_s", starts_s.as_str()),
        ("service", "cccd_new"),
        ("device_id", device.as_str()),
        ("name", "Nguyễn Thị Thử"),
        ("id_number", id.as_str()),
        ("proxy_name", "Nguyễn Văn Nam"),
        ("proxy_relation", "con trai"),
    ];
    let (status, page) = person.post_form("/dat-lich/giu-cho", &fields).await;
    assert_eq!(status, 409, "{page}");
    for typed in ["Nguyễn Thị Thử", &id, "Nguyễn Văn Nam", "con trai"] {
        assert!(
            page.contains(&format!("value=\"{typed}\"")),
            "{typed}: {page}"
        );
    }
    let (_, other) = page
        .split_once("name=\"other\" value=\"")
        .expect("a button");
    let other = other.split('"').next().unwrap().to_owned();
    fields.push(("other", other.as_str()));
    let (status, page) = person.post_form("/dat-lich/giu-cho", &fields).await;
    assert_eq!(status, 200, "the same form, for the other hour: {page}");
    assert_ne!(hidden(&page, "starts_s"), starts_s);
    let (token, key) = (hidden(&page, "hold_token"), hidden(&page, "key"));
    fields.extend([("hold_token", token.as_str()), ("key", key.as_str())]);
    let (status, booked) = person.post_form("/dat-lich/xac-nhan", &fields).await;
    assert_eq!(status, 201, "{booked}");
    let mut codes = booked
        .split("class=\"code\">")
        .skip(1)
        .map(|part| part.split('<').next().unwrap());
    let own = [
        ("code", codes.next().unwrap()),
        ("secret", codes.next().unwrap()),
    ];
    let (_, slip) = person.post_form("/lich-hen/phieu", &own).await;
    assert!(
        slip.contains("Người nhà đặt hộ: Nguyễn Văn Nam (con trai)"),
        "{slip}"
    );
    assert_laws(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_work_says_so_and_keeps_what_was_typed() {
    let app = TestApp::with()
        .set("TO06_EASY_HOLDS_PER_HOUR", "1")
        .set("TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await;
    let office = app.office("22786", 4).await;
    let starts_at = app.coming(1)[0];
    let person = app.stranger();
    let (office_id, starts_s) = (
        office.office_id.to_string(),
        starts_at.timestamp().to_string(),
    );
    for expected in [200, 422] {
        let (id, device) = (citizen::id_number(), uuid::Uuid::new_v4());
        let request = person
            .request(reqwest::Method::POST, "/dat-lich/giu-cho")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("x-forwarded-for", "203.0.113.7")
            .body(format!(
                "office_id={office_id}&starts_s={starts_s}&service=cccd_new&device_id={device}&name=Thu+Thu&id_number={id}"
            ));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected);
        let page = answer.text().await.unwrap();
        if expected == 422 {
            assert!(page.contains("nhờ tình nguyện viên đặt hộ"), "{page}");
            assert!(page.contains(&format!("value=\"{id}\"")), "{page}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_chosen_without_scripts() {
    let app = TestApp::start().await;
    app.office("22786", 1).await;
    let person = app.stranger();
    let read = async |path: &str| {
        let request = person.request(reqwest::Method::GET, path);
        request.send().await.unwrap().text().await.unwrap()
    };
    let day = local_day(app.app.clock.now()) + TimeDelta::days(2);
    let page = read(&format!("/dat-lich?service=cccd_new&from={day}")).await;
    assert!(page.contains(&format!("value=\"{day}\"")), "{page}");
    assert!(!page.contains(">hôm nay<"), "{page}");
}
