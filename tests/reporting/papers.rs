//! The papers: what was loaded is what is printed, only percentages are computed, and what was issued stays.

use std::io::{Cursor, Read as _};

use api::reporting::report::proof;
use api::reporting::rules::count_vi;
use calamine::{Data, Reader as _, Xlsx};
use diesel_async::SimpleAsyncConnection as _;
use mobile_contracts::reporting::Indicator;
use mobile_contracts::reporting_checker::ReportFinding;
use mobile_contracts::reporting_report::{IssuedReport, Report, ReportText};
use quick_xml::events::Event;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::{REFERENCE, at, enter, figure, list, open, reference, take};
use crate::harness::{Person, TestApp};

/// Every part of a document is XML that ends; what its pages say, a line a paragraph.
fn read_docx(file: Vec<u8>) -> (String, String) {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let (mut said, mut xml) = (String::new(), String::new());
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        if !name.ends_with(".xml") && !name.ends_with(".rels") {
            continue;
        }
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        loop {
            let event = reader
                .read_event()
                .unwrap_or_else(|why| panic!("{name}: {why}"));
            let is_body = name == "word/document.xml";
            match event {
                Event::Eof => break,
                Event::Text(words) if is_body => said.push_str(&words.xml10_content()),
                Event::GeneralRef(entity) if is_body => match &entity.xml10_content()[..] {
                    "quot" => said.push('"'),
                    "amp" => said.push('&'),
                    "lt" => said.push('<'),
                    "gt" => said.push('>'),
                    other => panic!("&{other};"),
                },
                Event::End(end) if is_body && end.name().0 == "w:p" => {
                    said.push('\n');
                }
                _ => {}
            }
        }
        if name == "word/document.xml" {
            xml = text;
        }
    }
    (said, xml)
}

async fn draft(person: &Person, path: &str) -> Report {
    person.get(path).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_is_printed_again_with_its_own_figures() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let (kind, file) = take(&commander, &at(&period, "/report?form=docx")).await;
    assert!(kind.ends_with("wordprocessingml.document"), "{kind}");
    let (said, xml) = read_docx(file);
    let mut rows = csv::Reader::from_reader(REFERENCE.as_bytes());
    let (mut looked_at, mut changes) = (0, 0);
    for row in rows.records() {
        let row = row.unwrap();
        let value: i64 = row[2].parse().unwrap();
        let mut figure = count_vi(value);
        if !row[3].is_empty() {
            figure = format!("{figure}/{}", count_vi(row[3].parse().unwrap()));
        }
        if !row[4].is_empty() {
            figure = format!("hơn {figure}");
        }
        let is_there = said.contains(&format!("{figure} "))
            || said.contains(&format!("{figure}%"))
            || value == 0 && said.contains("chưa phát sinh");
        assert!(is_there, "{}: {figure} is not told in\n{said}", &row[0]);
        // A change that the source states is told, or it stands among what is told otherwise.
        if !row[6].is_empty() {
            let stated = format!("tăng {}%", row[6].replace('.', ","));
            assert!(said.contains(&stated), "{}: {stated} in\n{said}", &row[0]);
            changes += 1;
        }
        looked_at += 1;
    }
    assert_eq!((looked_at, changes), (88, 1));
    for words in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "ỦY BAN NHÂN DÂN TỈNH NINH THUẬN",
        "Số:          /BC-TCTĐA06",
        "trên địa bàn tỉnh Ninh Thuận tháng 02/2023",
        "I. CÔNG TÁC TRIỂN KHAI",
        "II. KẾT QUẢ THỰC HIỆN",
        "III. NHẬN XÉT, ĐÁNH GIÁ",
        "IV. ĐỀ XUẤT, KIẾN NGHỊ",
        "V. PHƯƠNG HƯỚNG NHIỆM VỤ",
        "1.1. Kết quả từ ngày 18/01/2022 đến ngày 19/02/2023: Đã tiếp nhận và giải quyết 319.914/548.950 hồ sơ (đạt 58,28%)",
        "a) Đối với 11 dịch vụ công trực tuyến thuộc các lĩnh vực của Công an tỉnh:",
        "b) Đối với 14 dịch vụ công trực tuyến thuộc các lĩnh vực của các Sở, ngành, địa phương:",
        "Cấp đổi, cấp lại giấy phép lái xe: chưa phát sinh hồ sơ;",
        "xét tuyển đại học, cao đẳng: chưa phát sinh trường hợp nào;",
        "Hội Liên hiệp Phụ nữ tỉnh;",
        "theo dõi, chỉ đạo./.",
        "Nơi nhận:",
    ] {
        assert!(said.contains(words), "{words} is missing in\n{said}");
    }
    assert_eq!(said.matches("./.").count(), 1);
    assert!(xml.contains(r#"w:w="11906" w:h="16838""#), "A4");
    assert!(xml.contains("w:titlePg"), "no number on the first page");
    // On a page of its own, after the paper.
    let annex = said
        .split("BẢNG GIẢI TRÌNH CỦA BẢN DỰ THẢO")
        .nth(1)
        .unwrap();
    for words in [
        "(lũy kế): nguồn ghi đạt 58,3%; báo cáo ghi số tính được là 58,28%.",
        "(lũy kế): nguồn ghi tăng 1,8% so với tháng 02/2023; báo cáo không ghi mức tăng, giảm vì chưa có tỷ lệ của kỳ trước.",
    ] {
        assert!(annex.contains(words), "{words} is missing in\n{annex}");
    }
}

/// Adds an indicator to the catalogue.
async fn add(admin: &Person, code: &str, parent: Option<&str>, section: &str, role: Option<&str>) {
    let body = json!({
        "revision": 0, "name": format!("Chỉ tiêu {code}"), "parent_code": parent,
        "is_part": parent.is_some() && role.is_none(), "counted_in": "hồ sơ", "section": section,
        "measure": "count", "role": role, "reason": "Bổ sung theo Quyết định của Thủ tướng",
    });
    let path = format!("/api/v1/indicators/{code}");
    admin.put(&path, body).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_that_is_entered_stands_in_the_report_wherever_its_indicator_does() {
    let app = TestApp::start().await;
    let (admin, commander) = (app.admin().await, app.commander().await);
    let unit = app.commune("56").await;
    let fourth = "dvc25.thuong_tru.moi";
    add(&admin, fourth, Some("dvc25.thuong_tru"), "II.1", None).await;
    add(&admin, "dvc_khac", None, "II.1", None).await;
    // Dossiers of what is no heading, and a role of which the heading tells another one.
    let received = Some("received");
    add(&admin, "hen.ho_so", Some("hen.phuc_vu"), "II.2", received).await;
    add(
        &admin,
        "tam_tru.khac",
        Some("cu_tru.tam_tru"),
        "II.4",
        received,
    )
    .await;

    let period = open(&commander, unit, "2026-11", ("2026-10-17", "2026-11-16")).await;
    let indicators: Vec<Indicator> = list(&commander, "/api/v1/indicators").await;
    let codes = indicators.iter().filter(|own| own.measure != "heading");
    let codes: Vec<&str> = codes.map(|own| own.code.as_str()).collect();
    assert!(codes.contains(&fourth) && codes.contains(&"dvc_khac"));
    // No two alike.
    let mut entered = Vec::new();
    for (at, code) in (0..).zip(&codes) {
        entered.push((*code, "cumulative", 500_000 + at));
        entered.push((*code, "in_period", 100_000 + at));
    }
    let figures = entered.iter();
    let figures = figures.map(|(code, span, value)| figure(code, span, *value));
    let figures: Vec<_> = figures.collect();
    enter(&commander, &period, json!(figures)).await.expect(200);
    let report = draft(&commander, &at(&period, "/report")).await;
    let texts: Vec<&str> = report.blocks.iter().map(|own| own.text.as_str()).collect();
    let text = texts.join("\n");
    for (code, span, value) in entered {
        let words = count_vi(value);
        assert!(text.contains(&words), "{code} {span} {words} in\n{text}");
    }
    let (first_part, _) = text.split_once("II. KẾT QUẢ THỰC HIỆN").unwrap();
    let own = "Cán bộ chiến sĩ công an được thu nhận";
    assert!(first_part.contains(own), "{first_part}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_computed_percentages_differ_from_the_reference_and_they_are_listed() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let report = draft(&commander, &at(&period, "/report")).await;
    assert_eq!(report.figures.len(), 88);
    let told: Vec<_> = report
        .differences
        .iter()
        .map(|own| {
            (
                own.code.as_str(),
                own.stated_percent.as_str(),
                own.percent.as_deref(),
            )
        })
        .collect();
    let expected = [
        ("dvc25", "58.3", Some("58.28")),
        ("cccd", "98.97", Some("98.98")),
        ("eid2", "75.4", Some("75.45")),
        ("cccd_bhyt.tra_cuu", "56.3", Some("56.25")),
        ("cu_tru.thuong_tru.da_giai_quyet", "95.4", Some("95.46")),
        ("cu_tru.tam_tru.da_giai_quyet", "84.8", Some("84.78")),
        ("ty_le.tro_cap_that_nghiep", "0.9", None),
        ("ty_le.ly_lich_tu_phap", "3.17", None),
    ];
    assert_eq!(told, expected);
    let [change] = report.stated_changes.as_slice() else {
        panic!("{:?}", report.stated_changes);
    };
    assert_eq!(
        (change.code.as_str(), change.span.as_str()),
        ("dvc25", "cumulative")
    );
    assert_eq!(
        (change.stated_change.as_str(), &change.change_in[..]),
        ("1.8", "percent")
    );
    assert_eq!(
        (change.compared_with, &change.change_points),
        (Some(report.month), &None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_stated_as_the_report_tells_it_is_no_difference() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let before = open(&commander, unit, "2026-10", ("2026-09-17", "2026-10-16")).await;
    let period = open(&commander, unit, "2026-11", ("2026-10-17", "2026-11-16")).await;
    let own = |value: i64| {
        let mut own = figure("dvc25", "cumulative", value);
        own["denominator"] = json!(10_000);
        own
    };
    enter(&commander, &before, json!([own(5_648)]))
        .await
        .expect(200);
    for (stated, change_in, month, told) in [
        ("1.8", "points", "2026-10", 0),
        ("1.80", "points", "2026-10", 0),
        ("1.9", "points", "2026-10", 1),
        ("1.8", "percent", "2026-10", 1),
        ("1.8", "points", "2026-11", 1),
    ] {
        let mut figure = own(5_828);
        figure["stated_change"] = json!(stated);
        figure["change_in"] = json!(change_in);
        figure["compared_with"] = json!(month);
        enter(&commander, &period, json!([figure]))
            .await
            .expect(200);
        let report = draft(&commander, &at(&period, "/report")).await;
        let changes = &report.stated_changes;
        assert_eq!(
            changes.len(),
            told,
            "{stated} {change_in} {month}: {changes:?}"
        );
        assert!(
            changes
                .iter()
                .all(|own| own.change_points.as_deref() == Some("1.80"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workbook_has_every_table_with_live_percentages() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let (_, file) = take(&commander, &at(&period, "/report?form=xlsx")).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    assert!(names.contains(&"Mục II.1".to_owned()), "{names:?}");
    assert_eq!(names.last().unwrap(), "Tỷ lệ khác nguồn");
    let mut figures = 0;
    for name in names.iter().filter(|name| name.starts_with("Mục")) {
        figures += book.worksheet_range(name).unwrap().height() - 3;
    }
    assert_eq!(figures, 88);
    let sheet = book.worksheet_range("Mục II.1").unwrap();
    assert_eq!(
        sheet.get_value((3, 0)),
        Some(&Data::String("dvc25".to_owned()))
    );
    assert_eq!(sheet.get_value((3, 5)), Some(&Data::Float(319_914.0)));
    let formulas = book.worksheet_formula("Mục II.1").unwrap();
    let rate = formulas.get_value((3, 7)).unwrap();
    assert!(rate.contains("ROUND(F4/G4,4)"), "{rate}");
    // By how many points the percentage changed: live too.
    assert_eq!(
        sheet.get_value((2, 11)),
        Some(&Data::String("Tăng, giảm (điểm %)".to_owned()))
    );
    let change = formulas.get_value((3, 11)).unwrap();
    assert!(change.contains("ROUND(F4/G4,4)-ROUND(I4/K4,4)"), "{change}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workbook_has_a_sheet_of_each_register_that_says_something() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let (unit, commune) = (app.commune("56").await, app.commune("22786").await);
    let period = open(&commander, unit, "2026-11", ("2026-10-17", "2026-11-16")).await;
    for more in [
        json!({ "kind": "directive", "number": "73/KH-CAT-PC06", "noted_on": "2026-10-20", "subject": "Cấp thẻ" }),
        json!({ "kind": "proposal", "noted_on": "2026-10-20", "subject": "=HYPERLINK(\"x\")" }),
        json!({ "kind": "task", "noted_on": "2026-10-20", "subject": "Rà soát", "due_on": "2026-12-31",
            "assigned_unit_id": commune }),
    ] {
        let mut body = json!({ "unit_id": unit, "body": "Công an tỉnh" });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        commander
            .post("/api/v1/register-entries", body)
            .await
            .expect(201);
    }
    let (_, file) = take(&commander, &at(&period, "/report?form=xlsx")).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    let expected = [
        "I. Văn bản chỉ đạo",
        "IV. Đề xuất, kiến nghị",
        "V. Nhiệm vụ",
        "Tỷ lệ khác nguồn",
    ];
    assert_eq!(names, expected);
    let mut row = |name: &str| -> Vec<String> {
        let sheet = book.worksheet_range(name).unwrap();
        sheet
            .rows()
            .nth(3)
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(
        row("I. Văn bản chỉ đạo"),
        ["73/KH-CAT-PC06", "20/10/2026", "Công an tỉnh", "Cấp thẻ"]
    );
    assert_eq!(
        row("IV. Đề xuất, kiến nghị")[2],
        "=HYPERLINK(\"x\")",
        "a text, no formula"
    );
    assert_eq!(
        row("V. Nhiệm vụ"),
        [
            "20/10/2026",
            "Xã Bác Ái Tây",
            "Công an tỉnh",
            "Rà soát",
            "31/12/2026",
            "chưa xong",
            ""
        ]
    );
    assert!(
        book.worksheet_formula("IV. Đề xuất, kiến nghị")
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_for_a_group_chat_is_short_and_compares_in_points() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let before = open(
        &commander,
        period.unit_id,
        "2023-01",
        ("2022-12-17", "2023-01-16"),
    )
    .await;
    let mut own = figure("dvc25", "cumulative", 5_648);
    own["denominator"] = json!(10_000);
    enter(&commander, &before, json!([own])).await.expect(200);
    let text = commander.get(&at(&period, "/report?form=text")).await;
    let text = text.expect(200).text;
    assert!(text.chars().count() < 2_000, "{text}");
    assert!(text.starts_with("KẾT QUẢ ĐỀ ÁN 06 THÁNG 02/2023 - TỈNH NINH THUẬN"));
    assert!(
        text.contains("319.914/548.950 hồ sơ (58,28%), tăng 1,80 điểm %"),
        "{text}"
    );
    let report = draft(&commander, &at(&period, "/report")).await;
    let told = report.blocks.iter().any(|own| {
        own.text
            .contains("(đạt 58,28%, tăng 1,80 điểm % so với tháng 01/2023)")
    });
    assert!(told, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_said_in_words_in_every_form_and_none_of_many_as_a_figure() {
    let app = TestApp::start().await;
    let commander = app.commander().await;
    let unit = app.commune("56").await;
    let period = open(&commander, unit, "2026-11", ("2026-10-17", "2026-11-16")).await;
    let mut of_many = figure("cccd", "in_period", 0);
    of_many["denominator"] = json!(40);
    let values = json!([
        of_many,
        figure("eid2", "cumulative", 0),
        figure("eid2", "in_period", 0)
    ]);
    enter(&commander, &period, values).await.expect(200);
    let report = draft(&commander, &at(&period, "/report")).await;
    let line = report
        .blocks
        .iter()
        .find(|own| own.text.contains("mức độ 2:"));
    let words = "lũy kế chưa có tài khoản nào; trong kỳ chưa có tài khoản nào.";
    assert!(line.unwrap().text.ends_with(words), "{line:?}");
    for form in ["text", "card"] {
        let path = at(&period, &format!("/report?form={form}"));
        let told = commander.get(&path).await.expect(200).text;
        assert!(told.contains("chưa có tài khoản nào"), "{told}");
        assert!(told.contains("0/40"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_stands_in_the_report_and_what_stood_before_in_its_history() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let write = async |text: &str| {
        let body = json!({ "section": "strengths", "text": text });
        let told = commander.put(&at(&period, "/texts"), body).await;
        told.expect(200).json::<ReportText>()
    };
    write("Bản đầu.").await;
    let second = write("Các Sở đã chủ động.\n\nCó chuyển\u{b} biến <mạnh> & rõ.").await;
    assert_eq!(second.revision, 2);
    let history: Vec<ReportText> = list(&commander, &at(&period, "/texts?section=strengths")).await;
    let texts: Vec<&str> = history.iter().map(|own| own.text.as_str()).collect();
    assert_eq!(texts.last(), Some(&"Bản đầu."));
    let (_, file) = take(&commander, &at(&period, "/report?form=docx")).await;
    let (said, _) = read_docx(file);
    assert!(said.contains("Có chuyển biến <mạnh> & rõ."), "{said}");
    assert!(!said.contains("Bản đầu.") && !said.contains('\u{b}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issued_report_is_printed_the_same_for_ever_and_issued_again_by_number() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let issues = at(&period, "/issues");
    commander
        .post(&issues, json!({}))
        .await
        .refused(409, "period-open");
    let found: Vec<ReportFinding> = list(&commander, &at(&period, "/findings")).await;
    for own in found {
        let body = json!({ "fingerprint": own.fingerprint, "reason": "Như nguồn đã báo cáo" });
        let path = at(&period, "/rulings");
        commander.put(&path, body).await.expect(204);
    }
    commander
        .post(&at(&period, "/closings"), ())
        .await
        .expect(200);
    let first = commander.post(&issues, json!({})).await.expect(201);
    let first: IssuedReport = first.json();
    let path = at(&period, "/report?issue=0");
    let text = commander.get(&path).await.expect(200).text;
    let hash: String = Sha256::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!((first.correction, &first.hash), (0, &hash));

    let mut body = json!({ "values": [figure("cccd", "in_period", 4_887)] });
    body["reason"] = json!("Nhầm hai chữ số");
    commander
        .put(&at(&period, "/values"), body)
        .await
        .expect(200);
    assert_eq!(commander.get(&path).await.expect(200).text, text);
    commander
        .post(&issues, json!({}))
        .await
        .refused(422, "invalid");
    // Whoever presses twice, or beside somebody else, issues once.
    let again = json!({ "reason": "Đính chính số thẻ", "correction": 1 });
    let (one, two) = tokio::join!(
        commander.post(&issues, again.clone()),
        commander.post(&issues, again.clone())
    );
    let (second, late) = if one.status == 201 {
        (one, two)
    } else {
        (two, one)
    };
    late.refused(409, "revision-passed");
    let second: IssuedReport = second.expect(201).json();
    assert_eq!(second.correction, 1);
    assert_ne!(second.hash, first.hash);
    let report = draft(&commander, &at(&period, "/report?issue=1")).await;
    let own = report
        .figures
        .iter()
        .find(|own| own.code == "cccd" && own.span == "in_period");
    assert_eq!(own.unwrap().value, 4_887);
    assert_eq!(commander.get(&path).await.expect(200).text, text);
    assert_eq!(list::<IssuedReport>(&commander, &issues).await.len(), 2);
    let missing = at(&period, "/report?issue=2");
    commander.get(&missing).await.refused(404, "not-found");
    // Nobody takes one for another: each is called what it is.
    for (issue, name) in [
        ("", "du-thao"),
        ("&issue=0", "ban-chinh"),
        ("&issue=1", "dinh-chinh-1"),
    ] {
        for form in ["docx", "xlsx"] {
            let path = at(&period, &format!("/report?form={form}{issue}"));
            let answer = commander.request(Method::GET, &path).send().await.unwrap();
            let disposition = answer.headers()["content-disposition"].to_str().unwrap();
            let wanted = format!("attachment; filename=\"bao-cao-2023-02-{name}.{form}\"");
            assert_eq!(disposition, wanted);
        }
    }
    // What is signed says by whom and why, and what was changed behind the program is found.
    assert_eq!(report.issued_by, commander.account_id);
    assert_eq!(report.reason.as_deref(), Some("Đính chính số thẻ"));
    let mut conn = app.owner().await;
    let whole = proof::verify(&mut conn).await.unwrap();
    assert_eq!((whole.looked_at, whole.broken.len()), (2, 0));
    let forgery = "update report_issue set snapshot = jsonb_set(snapshot, '{reason}', '\"khác\"') where correction = 1";
    conn.batch_execute(forgery).await.unwrap();
    let broken = proof::verify(&mut conn).await.unwrap().broken;
    assert_eq!(broken, [(period.period_id, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_a_draft_says_that_it_is_one() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let words = "Bản dự thảo, chưa phát hành";
    for form in ["text", "card"] {
        let path = at(&period, &format!("/report?form={form}"));
        let told = commander.get(&path).await.expect(200).text;
        assert!(told.contains(&words.to_uppercase()), "{told}");
    }
    let (_, file) = take(&commander, &at(&period, "/report?form=docx")).await;
    assert!(read_docx(file).0.contains(words));
    let (_, file) = take(&commander, &at(&period, "/report?form=xlsx")).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    let names = book.sheet_names();
    let figures = names.iter().filter(|name| name.starts_with("Mục "));
    for name in figures {
        let sheet = book.worksheet_range(name).unwrap();
        assert_eq!(sheet.get((1, 0)), Some(&Data::String(words.to_owned())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_for_a_group_chat_is_whole_and_tells_large_numbers() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let (kind, picture) = take(&commander, &at(&period, "/report?form=card")).await;
    assert_eq!(kind, "image/svg+xml");
    let picture = String::from_utf8(picture).unwrap();
    let mut reader = quick_xml::Reader::from_str(&picture);
    let mut texts = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Text(_) => texts += 1,
            _ => {}
        }
    }
    assert!(texts > 10, "{picture}");
    assert!(picture.contains("319.914/548.950") && picture.contains("58,28%"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_is_painted_for_chats_that_show_no_svg() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let (kind, picture) = take(&commander, &at(&period, "/report?form=png")).await;
    assert_eq!(kind, "image/png");
    assert!(
        picture.len() < 400_000,
        "{} bytes for a chat",
        picture.len()
    );
    let mut reader = png::Decoder::new(Cursor::new(picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((frame.width, frame.height), (1080, 1350));
    assert_eq!(frame.color_type, png::ColorType::Rgba);
    let pixel = |x: usize, y: usize| &pixels[(y * 1080 + x) * 4..][..4];
    assert_eq!(pixel(5, 5), [0x8c, 0x15, 0x15, 0xff]);
    assert_eq!(pixel(5, 1340), [0xff; 4]);
    // What is other than its ground, in a band of rows.
    let drawn = |rows: std::ops::Range<usize>, ground: [u8; 3]| {
        let places = rows.flat_map(|y| (0..1080).map(move |x| (x, y)));
        let is_drawn = |(x, y): &(usize, usize)| pixel(*x, *y)[..3] != ground;
        places.filter(is_drawn).count()
    };
    let red = [0x8c, 0x15, 0x15];
    // The heading is in capitals: above them only marks stand, below them only dots.
    assert!(drawn(55..80, red) > 2_000, "the heading");
    assert!(drawn(46..54, red) > 20, "marks above capitals");
    assert!(drawn(100..150, red) > 4_000, "the month");
    assert!(
        drawn(240..1300, [0xff; 3]) > 20_000,
        "figures with their names"
    );
    assert!(
        drawn(1310..1350, [0xff; 3]) == 0,
        "nothing runs over the end"
    );
    let beyond = (0..1350).filter(|y| (1030..1080).any(|x| pixel(x, *y) != pixel(1079, *y)));
    assert_eq!(beyond.count(), 0, "nothing runs over the margin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_somebody_else_wrote_meanwhile_is_not_written_over() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let path = at(&period, "/texts");
    let text = |text: &str, seen: i32| json!({ "section": "strengths", "text": text, "seen_revision": seen });
    let first: ReportText = commander
        .put(&path, text("Của người thứ nhất.", 0))
        .await
        .expect(200)
        .json();
    let late = commander.put(&path, text("Của người thứ hai.", 0)).await;
    late.refused(409, "revision-passed");
    let next = text("Sau khi xem lại.", first.revision);
    commander.put(&path, next).await.expect(200);
    let odd = commander.put(&path, text("Lạ.", -1)).await;
    odd.refused(422, "invalid");
    let all: Vec<ReportText> = list(&commander, &format!("{path}?section=strengths")).await;
    let texts: Vec<_> = all.iter().map(|own| own.text.as_str()).collect();
    assert_eq!(texts, ["Sau khi xem lại.", "Của người thứ nhất."]);
}
