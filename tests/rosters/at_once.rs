//! Lists that come at the same moment as others, or as the people whom they name are met.

use futures_util::future::join_all;
use serde_json::json;

use super::people::push;
use super::*;
use crate::harness::citizen;

#[tokio::test]
async fn of_one_file_that_is_sent_eight_times_at_once_one_list_stands() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let lines: String = (0..50)
        .map(|at| format!("Nguyễn Thị Thử,{},{VILLAGE}\n", 1950 + at))
        .collect();
    let file = format!("Họ tên,Năm sinh,Thôn\n{lines}");
    let answers = join_all((0..8).map(|_| send(&lead, WISH, CSV, file.clone()))).await;
    let written = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(written, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(409, "roster-known");
    }
    assert_eq!(counts(&app).await, (50, 50));
}

#[tokio::test]
async fn people_who_are_met_while_their_list_comes_and_goes_are_each_one_person() {
    let app = TestApp::with()
        .set("TO06_DATABASE_CONNECTIONS", "16")
        .start()
        .await;
    let lead = app.lead(COMMUNE).await;
    let village = app.village(COMMUNE, 0).await;
    let ids: Vec<String> = (0..40).map(|_| citizen::id_number()).collect();
    let lines: String = ids
        .iter()
        .map(|id| format!("Nguyễn Thị Thử,{id},{village}\n"))
        .collect();
    let file = format!("Họ tên,CCCD,Thôn\n{lines}");
    let volunteers = join_all((0..4).map(|_| app.volunteer(COMMUNE))).await;
    let meeting = async {
        let each = volunteers.iter().zip(ids.chunks(10));
        join_all(each.map(async |(volunteer, ids)| {
            for id in ids {
                push(
                    &app,
                    volunteer,
                    village.0,
                    json!({ "kind": "plain", "id_number": id }),
                )
                .await;
            }
        }))
        .await
    };
    let listing = async {
        for round in 0..6 {
            let file = format!("{file}{}", "\n".repeat(round));
            let told: ImportedRoster = send(&lead, WISH, CSV, file).await.expect(200).json();
            let undo = format!("/api/v1/rosters/{}/undo", told.roster_id.unwrap());
            let answer = lead.post(&undo, ()).await;
            assert!(matches!(answer.status.as_u16(), 200 | 409), "{answer:?}");
        }
    };
    tokio::join!(meeting, listing);
    let met: Vec<(Option<Vec<u8>>, String)> = person::table
        .select((person::subject_blind, person::consent_method))
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(met.len(), 40);
    assert!(met.iter().all(|(_, method)| method == "spoken"), "{met:?}");
    let anonymous: i64 = api::db::schema::fact::table
        .filter(api::db::schema::fact::person_id.is_null())
        .count()
        .get_result(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(anonymous, 0, "nobody lost their record");
}
