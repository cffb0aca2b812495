//! The command line: the real binary, as an operator uses it.

use mobile_contracts::identity::Me;
use serde_json::json;

use crate::harness::binary::Installation;
use crate::harness::person::PASSWORD;

#[test]
fn wrong_usage_gets_a_sentence_and_every_mistake_is_told_at_once() {
    let installation = Installation::new();
    assert!(
        installation.fails(&["srve"]).contains("serve"),
        "it guesses what was meant"
    );
    let broken = Installation::new()
        .set("TO06_ENV", "production")
        .set("TO06_BIND", "nowhere")
        .set("TO06_MASTER_KEYS", "1:hunter2");
    let complaint = broken.fails(&["serve"]);
    for name in ["TO06_BIND", "DATABASE_URL", "REDIS_URL", "TO06_MASTER_KEYS"] {
        assert!(
            complaint.contains(name),
            "{name} is missing in: {complaint}"
        );
    }
    assert!(!complaint.contains("hunter2"));
}

#[test]
fn the_settings_are_listed_with_secrets_masked() {
    let installation = Installation::new().set("DATABASE_URL", "postgres://u:hunter2@db/to06");
    let listed = installation.ok(&["config"]);
    assert!(listed.contains("DATABASE_URL\n    value: ***"));
    assert!(!listed.contains("hunter2"));
    assert!(listed.contains("TO06_HOLD_TTL_S\n    value: (default)   default: 300"));
}

#[test]
fn a_file_of_units_that_does_not_fit_is_refused_with_its_lines() {
    let installation = Installation::new();
    let file = installation.folder.join("units.csv");
    let mut text = include_str!("../api/data/units.csv").to_owned();
    text.push_str("22999,2020-01-01,,Xã Lạ,commune,xa,lowland,999,2020-01-01\n");
    std::fs::write(&file, text).unwrap();
    let complaint = installation.fails(&[
        "units",
        "import",
        "--dry-run",
        "--units",
        file.to_str().unwrap(),
    ]);
    assert!(
        complaint.contains("units, line 102: unknown parent 999"),
        "{complaint}"
    );
    installation.ok(&["units", "import", "--dry-run"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_province_begins_with_one_administrator_and_no_demo() {
    let installation = Installation::new();
    let told = installation.ok(&[
        "init",
        "--phone",
        "0911 000 111",
        "--name",
        "Nguyễn Quản Trị",
    ]);
    let code = told
        .lines()
        .find_map(|line| line.split("one-time code, good for 14 days: ").nth(1))
        .expect("a code");
    assert!(
        installation
            .ok(&["units", "import"])
            .contains("0 rows changed")
    );
    let complaint = installation.fails(&[
        "account",
        "create",
        "--phone",
        "0911000111",
        "--name",
        "Ai Đó",
        "--role",
        "reporter",
        "--unit",
        "56",
    ]);
    assert!(complaint.contains("has an account already"), "{complaint}");
    let serving = installation.serve(&[]);
    assert!(!serving.told.contains("demo accounts"));
    let mut admin = serving.stranger();
    admin.phone = "0911000111".to_owned();
    let body = json!({ "phone": admin.phone, "code": code, "new_password": PASSWORD });
    admin
        .post("/api/v1/passwords/by-code", body)
        .await
        .expect(204);
    let session: mobile_contracts::identity::Session =
        admin.sign_in(PASSWORD).await.expect(201).json();
    let me: Me = admin
        .with_token(&session.access_token)
        .get("/api/v1/me")
        .await
        .expect(200)
        .json();
    assert_eq!(
        (me.role.as_str(), me.unit_label.as_str()),
        ("admin", "Tỉnh Khánh Hòa")
    );
    assert_eq!(serving.terminate(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_a_kill_and_a_backup_brings_it_back() {
    let installation = Installation::new();
    let serving = installation.serve(&["--demo"]);
    assert!(serving.told.contains(api::demo::PASSWORD));
    serving.stranger().get("/health/ready").await.expect(200);
    let volunteer = serving.demo("0900000007").await;
    let change = json!({ "current_password": api::demo::PASSWORD, "new_password": PASSWORD });
    volunteer
        .put("/api/v1/me/password", change)
        .await
        .expect(204);
    serving.kill();
    let copy = installation.folder.join("copy");
    installation.ok(&["backup", copy.to_str().unwrap()]);
    let serving = installation.serve(&["--demo"]);
    assert!(
        !serving.told.contains("Loading"),
        "a database in use is never loaded over"
    );
    let mut again = serving.stranger();
    again.phone = "0900000007".to_owned();
    again.sign_in(PASSWORD).await.expect(201);
    let admin = serving.demo("0900000001").await;
    let id = volunteer.account_id.unwrap();
    admin
        .patch(
            &format!("/api/v1/accounts/{id}"),
            json!({ "disabled": true }),
        )
        .await
        .expect(200);
    assert_eq!(serving.terminate(), Some(0));
    let told = installation.ok(&["restore", copy.to_str().unwrap()]);
    assert!(told.contains("all invariants hold"), "{told}");
    let serving = installation.serve(&[]);
    let mut restored = serving.stranger();
    restored.phone = "0900000007".to_owned();
    restored.sign_in(PASSWORD).await.expect(201);
}

#[test]
fn the_demo_is_refused_in_production() {
    let installation = Installation::new()
        .set("TO06_ENV", "production")
        .set("TO06_NOTICE_CHANNELS", "log")
        .set("DATABASE_URL", "postgres://nobody@127.0.0.1:1/to06")
        .set("REDIS_URL", "redis://127.0.0.1:1")
        .set("TO06_ARGON2_MEMORY_KIB", "19456")
        .set(
            "TO06_MASTER_KEYS",
            "1:BgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgY=",
        );
    for command in [&["serve", "--demo"][..], &["demo", "load"][..]] {
        assert!(
            installation
                .fails(command)
                .contains("refused in production")
        );
    }
}
