//! One's own data, asked about in a browser without scripts.

use crate::harness::{TestApp, citizen};

/// The codes, and what else a form says.
fn with<'a>(own: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [own, more].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_scripts_asks_sees_what_became_of_it_and_takes_it_back() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let person = app.stranger();
    let booked = person
        .book(&office, app.coming(1)[0], &citizen::id_number())
        .await;
    let secret = booked.secret.clone().unwrap();
    let own = [("code", booked.code.as_str()), ("secret", secret.as_str())];
    let (status, page) = person.post_form("/lich-hen", &own).await;
    assert!(
        status == 200 && page.contains("action=\"/lich-hen/du-lieu\""),
        "{page}"
    );
    let (status, page) = person.post_form("/lich-hen/du-lieu", &own).await;
    assert!(
        status == 200 && page.contains("Chưa có yêu cầu nào."),
        "{page}"
    );
    // Nobody puts right what was not named: what was chosen stays, and the fault stands at its field.
    let correct = with(&own, &[("kind", "correct"), ("words", " ")]);
    let (status, page) = person.post_form("/lich-hen/du-lieu/gui", &correct).await;
    assert!(status == 422 && page.contains("Hãy ghi rõ"), "{page}");
    assert!(
        page.contains("value=\"correct\" required checked"),
        "{page}"
    );
    let nothing = with(&own, &[("words", "Tôi <b>muốn</b> xem")]);
    let (status, page) = person.post_form("/lich-hen/du-lieu/gui", &nothing).await;
    assert!(
        status == 422 && page.contains("Hãy chọn một điều."),
        "{page}"
    );
    assert!(page.contains("Tôi &lt;b&gt;muốn&lt;/b&gt; xem"), "{page}");
    let access = with(&own, &[("kind", "access"), ("words", "")]);
    let (status, page) = person.post_form("/lich-hen/du-lieu/gui", &access).await;
    assert!(
        status == 200 && page.contains("Đã nhận yêu cầu của bạn"),
        "{page}"
    );
    let (_, page) = person.post_form("/lich-hen/du-lieu/gui", &access).await;
    assert!(page.contains("Bạn đã gửi yêu cầu này rồi"), "{page}");
    // Asked once more before it is taken back.
    let (_, page) = person.post_form("/lich-hen/du-lieu/rut", &access).await;
    assert!(page.contains("name=\"sure\" value=\"yes\""), "{page}");
    let (_, page) = person.post_form("/lich-hen/du-lieu", &own).await;
    assert!(page.contains("Trả lời chậm nhất"), "{page}");
    let sure = with(&own, &[("kind", "access"), ("sure", "yes")]);
    let (status, page) = person.post_form("/lich-hen/du-lieu/rut", &sure).await;
    assert!(status == 200 && page.contains("Bạn đã rút"), "{page}");
    assert!(!page.contains("Trả lời chậm nhất") && !page.contains("<script"));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_open_nothing_and_another_site_asks_for_nothing() {
    let app = TestApp::start().await;
    let office = app.office("22786", 1).await;
    let person = app.stranger();
    let booked = person
        .book(&office, app.coming(1)[0], &citizen::id_number())
        .await;
    let secret = booked.secret.clone().unwrap();
    let wrong = [
        ("code", booked.code.as_str()),
        ("secret", "AAAAA-AAAAA"),
        ("kind", "erase"),
        ("sure", "yes"),
    ];
    for path in ["", "/gui", "/rut"] {
        let path = format!("/lich-hen/du-lieu{path}");
        let (status, page) = person.post_form(&path, &wrong).await;
        assert!(status == 404 && page.contains("Mất mã?"), "{path}: {page}");
    }
    let body = format!("code={}&secret={secret}&kind=erase", booked.code);
    let foreign = person
        .request(reqwest::Method::POST, "/lich-hen/du-lieu/gui")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body(body);
    assert_eq!(foreign.send().await.unwrap().status().as_u16(), 403);
    let own = [("code", booked.code.as_str()), ("secret", secret.as_str())];
    let (_, page) = person.post_form("/lich-hen/du-lieu", &own).await;
    assert!(page.contains("Chưa có yêu cầu nào."), "{page}");
}
