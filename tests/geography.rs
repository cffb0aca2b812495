//! Units through time, over HTTP.

use api::geography::import;
use mobile_contracts::geography::{Unit, UnitHistory};
use mobile_contracts::page::Page;

use crate::harness::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_found_without_marks_as_of_its_own_day() {
    let app = TestApp::start().await;
    let find = async |query: &str| {
        app.stranger()
            .get(&format!("/api/v1/units?{query}"))
            .await
            .expect(200)
            .json::<Page<Unit>>()
            .items
    };

    let today = find("q=bac%20ai&level=commune").await;
    let names: Vec<&str> = today.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(names, ["Xã Bác Ái", "Xã Bác Ái Đông", "Xã Bác Ái Tây"]);

    let then = find("q=bac+ai&level=district&on=2023-02-19").await;
    assert_eq!(then[0].name, "Huyện Bác Ái");

    // Two communes that differ by one mark only: both first, each with its district.
    let both = find("q=thanh+hai&level=commune&on=2023-02-19").await;
    let labels: Vec<&str> = both.iter().map(|unit| unit.label.as_str()).collect();
    let labels = &labels[..2];
    assert!(
        labels.contains(&"Xã Thành Hải, Thành phố Phan Rang-Tháp Chàm, Tỉnh Ninh Thuận"),
        "{labels:?}"
    );
    assert!(
        labels.contains(&"Xã Thanh Hải, Huyện Ninh Hải, Tỉnh Ninh Thuận"),
        "{labels:?}"
    );

    let many = find("q=phuoc&level=commune&on=2023-02-19&limit=200").await;
    assert_eq!(
        many.iter()
            .filter(|unit| unit.name.contains(" Phước"))
            .count(),
        26
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_walked_page_by_page_without_a_gap() {
    let app = TestApp::start().await;
    let mut seen = Vec::new();
    let mut path = "/api/v1/units?level=village&limit=100".to_owned();
    loop {
        let page: Page<Unit> = app.stranger().get(&path).await.expect(200).json();
        seen.extend(page.items.iter().map(|unit| unit.unit_id));
        match page.next_cursor {
            Some(cursor) => path = format!("/api/v1/units?level=village&limit=100&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 397);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 397);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_commune_shows_both_its_parts_and_each_village_went_to_one() {
    let app = TestApp::start().await;
    let day = "2025-06-30".parse().unwrap();
    let dong_hai = app.geography().await.by_code("22768", day).unwrap();
    let history: UnitHistory = app
        .stranger()
        .get(&format!("/api/v1/units/{dong_hai}"))
        .await
        .expect(200)
        .json();
    assert_eq!(history.unit.name, "Phường Đông Hải");
    assert_eq!(history.successors.len(), 2);
    assert!(
        history
            .successors
            .iter()
            .all(|successor| successor.share == "part")
    );
    let phu_tho = history
        .children
        .iter()
        .find(|village| village.name == "Thôn Phú Thọ")
        .unwrap();
    let today: UnitHistory = app
        .stranger()
        .get(&format!("/api/v1/units/{}", phu_tho.unit_id))
        .await
        .expect(200)
        .json();
    assert_eq!(
        today.unit.label,
        "Thôn Phú Thọ, Xã Phước Dinh, Tỉnh Khánh Hòa"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_the_same_files_again_changes_nothing() {
    let app = TestApp::start().await;
    let plan = import::plan(&import::Files::built_in()).unwrap();
    let again = import::apply(&mut app.owner().await, &plan).await.unwrap();
    assert_eq!(
        again,
        import::Imported {
            units: 100,
            villages: 397,
            changed: 0
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_ends_a_village_and_says_who_continues_it_and_takes_it_back() {
    let app = TestApp::start().await;
    let mut files = import::Files::built_in();
    let header = "name,kind,commune_code,commune_valid_from,then_code";
    let ended = "Khu phố 2,khu-pho,22738,2020-01-01,";
    assert!(files.villages.contains(&format!("{ended}\n")));
    let line = |line: &str| match line {
        line if line == header => format!("{header},valid_to,heir_name"),
        line if line == ended => format!("{ended},2026-11-01,Khu phố 1"),
        line => format!("{line},,"),
    };
    let lines: Vec<String> = files.villages.lines().map(line).collect();
    files.villages = lines.join("\n");
    let mut owner = app.owner().await;
    let plan = import::plan(&files).unwrap();
    let commune = app.commune("22738").await;
    let before = app.geography().await;
    let day = |text: &str| -> chrono::NaiveDate { text.parse().unwrap() };
    let then = day("2024-01-01");
    let first = before.by_code("22738", then).unwrap();
    let village = |name: &str| {
        let mut all = before.children_on(first, then).into_iter();
        all.find(|unit| unit.name == name).unwrap().unit_id
    };
    let (one, two) = (village("Khu phố 1"), village("Khu phố 2"));
    let told = import::apply(&mut owner, &plan).await.unwrap();
    assert!(told.changed >= 3, "its end, its tie and its heir: {told:?}");
    let now = app.app.newest_geography(&mut owner).await.unwrap();
    assert!(now.has_ended(two, day("2026-11-01")) && !now.has_ended(two, day("2026-10-31")));
    assert_eq!(now.heir_on(two, day("2026-11-01")), Some(one));
    assert!(!now.covers(commune, two, day("2026-11-01")));
    let again = import::apply(&mut owner, &plan).await.unwrap();
    assert_eq!(again.changed, 0);
    let own = import::plan(&import::Files::built_in()).unwrap();
    import::apply(&mut owner, &own).await.unwrap();
    let back = app.app.newest_geography(&mut owner).await.unwrap();
    assert!(!back.has_ended(two, day("2026-11-01")));
    assert_eq!(back.heir_on(two, day("2026-11-01")), None);
    assert!(back.covers(commune, two, day("2026-11-01")));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_questions_get_a_clear_answer() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    for (path, pointer) in [
        ("/api/v1/units?level=hamlet", "?level"),
        ("/api/v1/units?limit=0", "?limit"),
        ("/api/v1/units?limit=many", "?limit"),
        ("/api/v1/units?cursor=x", "?cursor"),
        ("/api/v1/units?colour=red", "?colour"),
        ("/api/v1/units?on=2023-02-30", "?on"),
        ("/api/v1/units?q=%00", "?"),
    ] {
        let problem = stranger.get(path).await.refused(422, "invalid");
        assert_eq!(problem.errors[0].pointer, pointer, "{path}");
    }
    for path in [
        "/api/v1/units/999999",
        "/api/v1/units/x",
        "/api/v1/units/99999999999999",
    ] {
        assert_eq!(stranger.get(path).await.status, 404, "{path}");
    }
    let answer = stranger.delete("/api/v1/units").await;
    answer.refused(405, "method-not-allowed");
    assert_eq!(answer.headers["allow"], "GET, HEAD");
    stranger
        .get("/api/v1/nowhere")
        .await
        .refused(404, "not-found");
}
