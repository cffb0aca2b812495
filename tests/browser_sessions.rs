//! Sessions kept in a browser's cookies: nobody else's page uses them, no script reads them.

use mobile_contracts::identity::{BrowserSession, Me};
use reqwest::Method;
use reqwest::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use serde_json::json;

use crate::harness::booking::wish;
use crate::harness::person::PASSWORD;
use crate::harness::{Answer, Person, TestApp, citizen};

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const FOREIGN: (&str, &str) = ("sec-fetch-site", "cross-site");

/// What a browser keeps after this answer, as it sends it back.
fn jar(answer: &Answer) -> String {
    answer
        .headers
        .get_all(SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
        .collect::<Vec<_>>()
        .join("; ")
}

async fn sign_in(person: &Person, from: (&str, &str)) -> Answer {
    let stranger = person.as_stranger();
    let request = stranger
        .request(Method::POST, "/api/v1/browser-sessions")
        .header(from.0, from.1)
        .json(&json!({ "phone": person.phone, "password": PASSWORD }));
    stranger.send(request).await
}

/// A call that the browser with these cookies sends from a page.
async fn call(
    person: &Person,
    jar: &str,
    from: (&str, &str),
    method: Method,
    path: &str,
) -> Answer {
    let stranger = person.as_stranger();
    let request = stranger
        .request(method, path)
        .header(COOKIE, jar)
        .header(from.0, from.1);
    stranger.send(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_in_without_seeing_a_token_and_its_cookies_stand_for_one() {
    let app = TestApp::start().await;
    let officer = app.officer("22786").await;
    let answer = sign_in(&officer, OWN).await.expect(201);
    for hidden in ["access_token", "refresh_token", "device_token"] {
        assert!(!answer.text.contains(hidden), "{}", answer.text);
    }
    for cookie in answer.headers.get_all(SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        for guard in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
            assert!(cookie.contains(guard), "{cookie}");
        }
        assert!(
            cookie.starts_with("to06_") && !cookie.contains("Secure"),
            "plain HTTP on this machine: {cookie}"
        );
    }
    let jar = jar(&answer);
    let me = call(&officer, &jar, OWN, Method::GET, "/api/v1/me")
        .await
        .expect(200);
    assert_eq!(Some(me.json::<Me>().account_id), officer.account_id);
    assert_eq!(me.headers[CACHE_CONTROL], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_the_cookies_belong_to_this_host_over_https_alone() {
    let app = TestApp::with()
        .set("TRUSTED_PROXIES", "127.0.0.1")
        .start()
        .await;
    let officer = app.officer("22786").await;
    let stranger = officer.as_stranger();
    let request = stranger
        .request(Method::POST, "/api/v1/browser-sessions")
        .header("x-forwarded-for", "203.0.113.7")
        .header(OWN.0, OWN.1)
        .json(&json!({ "phone": officer.phone, "password": PASSWORD }));
    let answer = stranger.send(request).await.expect(201);
    for cookie in answer.headers.get_all(SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        assert!(
            cookie.starts_with("__Host-to06_") && cookie.contains("Secure"),
            "{cookie}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_changes_nothing_with_them() {
    let app = TestApp::start().await;
    let officer = app.officer("22786").await;
    sign_in(&officer, FOREIGN).await.refused(403, "other-site");
    sign_in(&officer, ("origin", "https://evil.example"))
        .await
        .refused(403, "other-site");
    sign_in(&officer, ("x-nothing", "said"))
        .await
        .refused(403, "other-site");
    let jar = jar(&sign_in(&officer, OWN).await.expect(201));
    for (method, path) in [
        (Method::DELETE, "/api/v1/sessions"),
        (Method::DELETE, "/api/v1/browser-sessions"),
        (Method::POST, "/api/v1/browser-sessions/refresh"),
    ] {
        call(&officer, &jar, FOREIGN, method, path)
            .await
            .refused(403, "other-site");
    }
    call(&officer, &jar, OWN, Method::GET, "/api/v1/me")
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_renews_its_session_and_an_old_cookie_ends_it() {
    let app = TestApp::start().await;
    let officer = app.officer("22786").await;
    let renew = async |jar: &str| {
        call(
            &officer,
            jar,
            OWN,
            Method::POST,
            "/api/v1/browser-sessions/refresh",
        )
        .await
    };
    let first = jar(&sign_in(&officer, OWN).await.expect(201));
    let renewed = renew(&first).await.expect(200);
    assert!(!renewed.json::<BrowserSession>().must_change_password);
    let second = jar(&renewed);
    call(&officer, &second, OWN, Method::GET, "/api/v1/me")
        .await
        .expect(200);
    renew(&first).await.refused(401, "session-ended");
    call(&officer, &second, OWN, Method::GET, "/api/v1/me")
        .await
        .refused(401, "session-ended");
    renew("to06_session=x").await.refused(401, "session-ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session_and_takes_the_cookies_back() {
    let app = TestApp::start().await;
    let officer = app.officer("22786").await;
    let jar_before = jar(&sign_in(&officer, OWN).await.expect(201));
    let path = "/api/v1/browser-sessions";
    let gone = call(&officer, &jar_before, OWN, Method::DELETE, path)
        .await
        .expect(204);
    assert_eq!(jar(&gone), "to06_session=; to06_refresh=");
    call(&officer, &jar_before, OWN, Method::GET, "/api/v1/me")
        .await
        .refused(401, "session-ended");
    // Whoever is signed out already is told the same.
    call(&officer, &jar_before, OWN, Method::DELETE, path)
        .await
        .expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_that_are_good_for_nothing_shut_no_public_door() {
    let app = TestApp::start().await;
    let office = app.office("22786", 4).await;
    let officer = app.officer("22786").await;
    let kept = jar(&sign_in(&officer, OWN).await.expect(201));
    let wish = wish(&office, app.coming(1)[0], &[&citizen::id_number()]);
    for (jar, from) in [(kept.as_str(), FOREIGN), ("to06_session=gone", OWN)] {
        let stranger = officer.as_stranger();
        let request = stranger
            .request(Method::POST, "/api/v1/holds")
            .header(COOKIE, jar)
            .header(from.0, from.1)
            .json(&wish);
        stranger.send(request).await.expect(201);
    }
}
