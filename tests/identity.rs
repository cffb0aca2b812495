//! Signing in, staying in, being thrown out; who manages whom.

use chrono::TimeDelta;
use mobile_contracts::identity::{Account, InvitedAccounts, Me, OneTimeCode, Session};
use mobile_contracts::page::Page;
use serde_json::json;

use crate::harness::person::PASSWORD;
use crate::harness::{Person, TestApp};

async fn refresh(person: &Person, token: &str) -> crate::harness::Answer {
    person
        .as_stranger()
        .post(
            "/api/v1/sessions/refresh",
            json!({ "refresh_token": token }),
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_signs_in_and_is_told_who_they_are() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let me: Me = volunteer.get("/api/v1/me").await.expect(200).json();
    assert_eq!(
        (me.role.as_str(), me.mass_union.as_str()),
        ("volunteer", "youth")
    );
    assert_eq!(me.unit_label, "Xã Bác Ái Tây, Tỉnh Khánh Hòa");
    assert!(me.permissions.contains(&"record_work".to_owned()));
    assert!(!me.permissions.contains(&"manage_accounts".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_an_unknown_number_and_a_stopped_account_answer_alike() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let stopped = app.volunteer("22786").await;
    let id = stopped.account_id.unwrap();
    app.admin()
        .await
        .patch(
            &format!("/api/v1/accounts/{id}"),
            json!({ "disabled": true }),
        )
        .await
        .expect(200);
    let mut answers = vec![
        volunteer.sign_in("not the password").await,
        app.stranger().sign_in(PASSWORD).await,
        stopped.sign_in(PASSWORD).await,
    ];
    let mut odd = app.stranger();
    odd.phone = "chẳng phải số".to_owned();
    answers.push(odd.sign_in(PASSWORD).await);
    for answer in answers {
        let problem = answer.refused(401, "wrong-credentials");
        assert!(problem.detail.is_none() && problem.errors.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_slows_down_the_guesser_and_not_the_owner_on_a_known_device() {
    let app = TestApp::start().await;
    let owner = app.volunteer("22786").await;
    let device = owner
        .sign_in(PASSWORD)
        .await
        .expect(201)
        .json::<Session>()
        .device_token
        .unwrap();
    for _ in 0..11 {
        owner
            .sign_in("guess")
            .await
            .refused(401, "wrong-credentials");
    }
    let answer = owner.sign_in(PASSWORD).await;
    answer.refused(429, "too-many-requests");
    assert!(answer.headers.contains_key("retry-after"));
    let body = json!({ "phone": owner.phone, "password": PASSWORD, "device_token": device });
    owner
        .as_stranger()
        .post("/api/v1/sessions", body)
        .await
        .expect(201);
    app.advance(TimeDelta::seconds(3)).await;
    owner.sign_in(PASSWORD).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_refresh_answer_may_be_asked_again_and_a_copied_token_ends_the_sign_in() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let first: Session = volunteer.sign_in(PASSWORD).await.json();
    let lost: Session = refresh(&volunteer, &first.refresh_token)
        .await
        .expect(200)
        .json();
    let second: Session = refresh(&volunteer, &first.refresh_token)
        .await
        .expect(200)
        .json();
    refresh(&volunteer, &lost.refresh_token)
        .await
        .refused(401, "session-ended");
    volunteer
        .with_token(&second.access_token)
        .get("/api/v1/me")
        .await
        .expect(200);
    // The successor has been used: whoever shows the old one now has copied it.
    refresh(&volunteer, &first.refresh_token)
        .await
        .refused(401, "session-ended");
    volunteer
        .with_token(&second.access_token)
        .get("/api/v1/me")
        .await
        .refused(401, "session-ended");
    refresh(&volunteer, &second.refresh_token)
        .await
        .refused(401, "session-ended");
    volunteer.get("/api/v1/me").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_refreshes_at_once_leave_one_living_pair() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let first: Session = volunteer.sign_in(PASSWORD).await.json();
    let answers =
        futures_util::future::join_all((0..20).map(|_| refresh(&volunteer, &first.refresh_token)))
            .await;
    let pairs: Vec<Session> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.json())
        .collect();
    assert!(!pairs.is_empty());
    let mut living = 0;
    for pair in &pairs {
        living += usize::from(
            volunteer
                .with_token(&pair.access_token)
                .get("/api/v1/me")
                .await
                .status
                == 200,
        );
    }
    assert_eq!(living, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_ends_after_fifteen_minutes_and_signing_out_ends_it_at_once() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    app.advance(TimeDelta::minutes(15)).await;
    volunteer
        .get("/api/v1/me")
        .await
        .refused(401, "session-ended");
    let session: Session = volunteer.sign_in(PASSWORD).await.json();
    let other: Session = volunteer.sign_in(PASSWORD).await.json();
    let here = volunteer.with_token(&session.access_token);
    here.delete("/api/v1/sessions/current").await.expect(204);
    here.get("/api/v1/me").await.refused(401, "session-ended");
    refresh(&volunteer, &session.refresh_token)
        .await
        .refused(401, "session-ended");
    let there = volunteer.with_token(&other.access_token);
    there.get("/api/v1/me").await.expect(200);
    there.delete("/api/v1/sessions").await.expect(204);
    there.get("/api/v1/me").await.refused(401, "session-ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_account_is_out_at_once_and_on_every_process() {
    let app = TestApp::start().await;
    let other_process = TestApp::with().start_on(app.database.clone()).await;
    let volunteer = app.volunteer("22786").await;
    let there = other_process
        .stranger()
        .with_token(volunteer.token.as_deref().unwrap());
    there.get("/api/v1/me").await.expect(200);
    let id = volunteer.account_id.unwrap();
    app.lead("22786")
        .await
        .patch(
            &format!("/api/v1/accounts/{id}"),
            json!({ "disabled": true }),
        )
        .await
        .expect(200);
    volunteer
        .get("/api/v1/me")
        .await
        .refused(401, "session-ended");
    there.get("/api/v1/me").await.refused(401, "session-ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_every_other_session() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let other: Session = volunteer.sign_in(PASSWORD).await.json();
    let change =
        |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    let path = "/api/v1/me/password";
    volunteer
        .put(path, change("wrong", "một câu khác hẳn"))
        .await
        .refused(422, "current-password-wrong");
    let problem = volunteer
        .put(path, change(PASSWORD, "password"))
        .await
        .refused(422, "invalid");
    assert_eq!(problem.errors[0].code, "TOO_COMMON");
    volunteer
        .put(path, change(PASSWORD, "một câu khác hẳn"))
        .await
        .expect(204);
    volunteer.get("/api/v1/me").await.expect(200);
    volunteer
        .with_token(&other.access_token)
        .get("/api/v1/me")
        .await
        .refused(401, "session-ended");
    volunteer
        .sign_in(PASSWORD)
        .await
        .refused(401, "wrong-credentials");
    volunteer.sign_in("một câu khác hẳn").await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_mends_a_forgotten_password_with_a_code_that_works_once() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let lead = app.lead("22786").await;
    let id = volunteer.account_id.unwrap();
    let path = format!("/api/v1/accounts/{id}/recovery-codes");
    app.lead("22795")
        .await
        .post(&path, json!({}))
        .await
        .refused(404, "not-found");
    let code: OneTimeCode = lead.post(&path, json!({})).await.expect(201).json();
    let set = async |code: &str| {
        let body =
            json!({ "phone": volunteer.phone, "code": code, "new_password": "mật khẩu mới tinh" });
        app.stranger().post("/api/v1/passwords/by-code", body).await
    };
    set("AAAA-AAAA").await.refused(422, "code-wrong");
    set(&code.code.to_lowercase().replace('-', " "))
        .await
        .expect(204);
    set(&code.code).await.refused(422, "code-wrong");
    volunteer
        .get("/api/v1/me")
        .await
        .refused(401, "session-ended");
    volunteer.sign_in("mật khẩu mới tinh").await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_dies_after_five_wrong_tries_and_after_two_hours() {
    let app = TestApp::start().await;
    let volunteer = app.volunteer("22786").await;
    let lead = app.lead("22786").await;
    let path = format!(
        "/api/v1/accounts/{}/recovery-codes",
        volunteer.account_id.unwrap()
    );
    let set = async |code: &str| {
        let body =
            json!({ "phone": volunteer.phone, "code": code, "new_password": "mật khẩu mới tinh" });
        app.stranger().post("/api/v1/passwords/by-code", body).await
    };
    let code: OneTimeCode = lead.post(&path, json!({})).await.expect(201).json();
    for _ in 0..5 {
        set("AAAA-AAAA").await.refused(422, "code-wrong");
    }
    set(&code.code).await.refused(422, "code-wrong");
    let code: OneTimeCode = lead.post(&path, json!({})).await.expect(201).json();
    app.advance(TimeDelta::minutes(121)).await;
    set(&code.code).await.refused(422, "code-wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_come_by_csv_with_a_dry_run_and_all_or_nothing() {
    let app = TestApp::start().await;
    let lead = app.lead("22786").await;
    let village = app.village("22786", 0).await;
    let invite = async |csv: &str, dry_run: bool| {
        let path = format!("/api/v1/account-invitations?dry_run={dry_run}");
        let request = lead
            .request(reqwest::Method::POST, &path)
            .header("content-type", "text/csv");
        lead.send(request.body(csv.to_owned())).await
    };
    let bad = format!(
        "phone,name,role,mass_union,unit_id\n\
         0911111111,Trần Thị Một,volunteer,women,{village}\n\
         0911111111,Trần Thị Hai,volunteer,women,{village}\n\
         12345,Trần Thị Ba,volunteer,women,{village}\n\
         0911111114,Trần Thị Bốn,commander,none,{village}\n\
         0911111115,Trần Thị Năm,volunteer,none,{village}\n\
         0911111116,Trần Thị Sáu,volunteer,youth,1\n"
    );
    let judged: InvitedAccounts = invite(&bad, false).await.expect(200).json();
    assert!(judged.dry_run, "one wrong line and nothing is written");
    assert_eq!((judged.invited, judged.refused), (1, 5));
    assert!(
        judged.lines[1]
            .message
            .as_deref()
            .unwrap()
            .contains("dòng 2")
    );
    let good = format!(
        "phone,name,role,mass_union,unit_id\n0911111111,Trần Thị Một,volunteer,women,{village}\n"
    );
    let rehearsed: InvitedAccounts = invite(&good, true).await.expect(200).json();
    assert!(rehearsed.dry_run && rehearsed.lines[0].code.is_none());
    let written: InvitedAccounts = invite(&good, false).await.expect(200).json();
    assert!(!written.dry_run);
    let code = written.lines[0].code.clone().unwrap();
    let again: InvitedAccounts = invite(&good, false).await.expect(200).json();
    assert_eq!(again.refused, 1, "a phone has one account");
    let mut invited = app.stranger();
    invited.phone = "0911111111".to_owned();
    invited
        .sign_in(PASSWORD)
        .await
        .refused(401, "wrong-credentials");
    let body = json!({ "phone": "+84 911 111 111", "code": code, "new_password": PASSWORD });
    app.stranger()
        .post("/api/v1/passwords/by-code", body)
        .await
        .expect(204);
    invited.sign_in(PASSWORD).await.expect(201);
    invite("phone;name\n1;2\n", true)
        .await
        .refused(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_beyond_their_unit_or_above_their_role() {
    let app = TestApp::start().await;
    let lead = app.lead("22786").await;
    let neighbour = app.volunteer("22795").await.account_id.unwrap();
    let equal = app.lead("22786").await.account_id.unwrap();
    let own = app.volunteer("22786").await.account_id.unwrap();
    let stop = json!({ "disabled": true });
    for id in [neighbour, equal] {
        lead.patch(&format!("/api/v1/accounts/{id}"), &stop)
            .await
            .refused(404, "not-found");
    }
    let own_path = format!("/api/v1/accounts/{own}");
    lead.patch(&own_path, json!({ "role": "commander" }))
        .await
        .refused(403, "forbidden");
    let elsewhere = app.commune("22795").await;
    lead.patch(&own_path, json!({ "unit_id": elsewhere }))
        .await
        .refused(404, "not-found");
    lead.patch(&own_path, json!({ "phone_blind": "x" }))
        .await
        .refused(422, "invalid");
    let me = format!("/api/v1/accounts/{}", lead.account_id.unwrap());
    lead.patch(&me, &stop)
        .await
        .refused(409, "own-account-change");
    let listed: Page<Account> = lead.get("/api/v1/accounts").await.expect(200).json();
    assert!(listed.items.iter().any(|account| account.account_id == own));
    assert!(
        listed
            .items
            .iter()
            .all(|account| account.account_id != neighbour)
    );
    assert!(
        listed
            .items
            .iter()
            .all(|account| !account.phone_masked.contains("0000"))
    );
    lead.get(&format!("/api/v1/accounts?unit_id={elsewhere}"))
        .await
        .refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_password_must_be_changed_before_anything_else() {
    let app = TestApp::start().await;
    let lead = app.lead("22786").await;
    let id = lead.account_id.unwrap();
    diesel_async::SimpleAsyncConnection::batch_execute(
        &mut app.owner().await,
        &format!("update account set must_change_password = true where account_id = '{id}'"),
    )
    .await
    .unwrap();
    lead.get("/api/v1/accounts")
        .await
        .refused(403, "password-must-change");
    lead.get("/api/v1/me").await.expect(200);
    let body = json!({ "current_password": PASSWORD, "new_password": "một câu khác hẳn" });
    lead.put("/api/v1/me/password", body).await.expect(204);
    lead.get("/api/v1/accounts").await.expect(200);
}
