//! Booking by forms, in a browser without scripts.

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
