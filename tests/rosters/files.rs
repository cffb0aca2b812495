//! What spreadsheets do to a list, line by line.

use std::io::Write as _;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::harness::citizen;

#[tokio::test]
async fn a_dry_run_says_of_every_line_what_would_happen_and_writes_nothing() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let file = format!(
        "DANH SÁCH CÔNG DÂN\nSTT;Họ và tên;Năm sinh;Giới tính;Số CCCD/định danh;Thôn/khu phố;Dân tộc\n\
         1;Nguyễn Thị Thử;1990;Nữ;058190111111;{VILLAGE};x\n\
         2;Trần Thị Số Không;1990;Nữ;58190111112;{VILLAGE};x\n\
         3;Lê Thị Rút Gọn;1990;Nữ;5,8191E+10;{VILLAGE};x\n\
         4;Nguyễn Thị Thử;1990;Nữ;058190111111;{VILLAGE};x\n\
         5;Hồ Thị Thôn;1990;Nữ;058190111113;Thôn 1;x\n\
         6;Mai Văn Nam;1990;Nam;058190111114;{VILLAGE};x\n\
         7;Vũ Thị Không Năm;;;;{VILLAGE};x\n\
         8;Ngô Thử Hai;12/2008;;;{VILLAGE};x\n"
    );
    let told = rehearse(&lead, &file).await;
    let expected = [
        "new",
        "new",
        "refused",
        "duplicate",
        "refused",
        "refused",
        "refused",
        "new",
    ];
    assert_eq!(results(&told), (3..).zip(expected).collect::<Vec<_>>());
    assert_eq!((told.new, told.duplicate, told.refused), (3, 1, 4));
    assert!(told.dry_run && told.roster_id.is_none());
    for (row, words) in [
        (4, "số 0"),
        (5, "Văn bản"),
        (6, "dòng 3"),
        (7, "3 nơi tên"),
        (8, "Giới tính"),
        (9, "năm sinh"),
    ] {
        assert!(
            said(&told, row).contains(words),
            "{row}: {}",
            said(&told, row)
        );
    }
    assert!(told.lines[1].repaired && !told.lines[0].repaired);
    let unknown: Vec<&str> = told
        .columns
        .iter()
        .filter(|column| column.read_as.is_none())
        .map(|column| column.header.as_str())
        .collect();
    assert_eq!(
        unknown,
        ["Dân tộc"],
        "a column that nobody may keep is told and not read"
    );
    assert_eq!(counts(&app).await, (0, 0));
    assert!(
        !format!("{told:?}").contains("058190"),
        "no number comes back"
    );
}

#[tokio::test]
async fn every_encoding_that_says_what_it_is_gives_the_same_people_and_none_is_guessed() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let text =
        format!("Họ tên,Năm sinh,Thôn\nNguyễn Thị Thử,1990,{VILLAGE}\nĐặng Hoà,2004,{VILLAGE}\n");
    let wide = |of: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = format!("\u{feff}{}", text.replace(',', "\t"));
        text.encode_utf16().flat_map(of).collect()
    };
    for file in [
        text.clone().into_bytes(),
        format!("\u{feff}{text}").into_bytes(),
        text.replace(',', ";").into_bytes(),
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
    ] {
        let told: ImportedRoster = send(&lead, "dry_run=true", CSV, file)
            .await
            .expect(200)
            .json();
        assert_eq!((told.new, told.refused), (2, 0));
    }
    let windows_1258 = b"H\xf2 t\xean,N\xe3m sinh\nNguy\xean,1990\n".to_vec();
    let tcvn3 =
        format!("Họ tên,Năm sinh,Thôn\nNguyÔn V¨n A,1990,{VILLAGE}\nTrÇn ThÞ B,1991,{VILLAGE}\n")
            .into_bytes();
    for (file, word) in [
        (windows_1258, "Windows-1258"),
        (tcvn3, "TCVN3"),
        (b"\xd0\xcf\x11\xe0 old".to_vec(), ".xls"),
        (b"a,b\n1,2\n".to_vec(), "tiêu đề"),
        (text.replace("Thôn", "Họ và tên").into_bytes(), "Hai cột"),
    ] {
        let problem = send(&lead, "dry_run=true", CSV, file)
            .await
            .refused(422, "invalid");
        assert!(problem.errors[0].message.contains(word), "{problem:?}");
    }
    send(&lead, "dry_run=true", "application/pdf", "%PDF")
        .await
        .refused(415, "media-type");
}

#[tokio::test]
async fn a_workbook_is_read_with_its_numbers_its_days_and_its_titles() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let sheet = book.add_worksheet().set_name("Danh sách").unwrap();
    sheet.write(0, 1, "DANH SÁCH NĂM 2026").unwrap();
    for (column, header) in ["STT", "Họ tên", "Ngày sinh", "CCCD", "SĐT", "Thôn"]
        .iter()
        .enumerate()
    {
        sheet.write(2, column as u16, *header).unwrap();
    }
    sheet
        .write(3, 0, 1)
        .unwrap()
        .write(3, 1, "Nguyễn Thị Thử")
        .unwrap();
    sheet
        .write_with_format(3, 2, ExcelDateTime::from_ymd(1990, 5, 19).unwrap(), &day)
        .unwrap();
    sheet
        .write(3, 3, 58_190_222_221_f64)
        .unwrap()
        .write(3, 4, 912_345_678)
        .unwrap()
        .write(3, 5, VILLAGE)
        .unwrap();
    sheet
        .write(4, 1, "Trần Thử")
        .unwrap()
        .write(4, 2, 1985)
        .unwrap()
        .write(4, 5, VILLAGE)
        .unwrap();
    book.add_worksheet().set_name("Khác").unwrap();
    let file = book.save_to_buffer().unwrap();
    let query = format!("{WISH}&phones_agreed=true");
    let told: ImportedRoster = send(&lead, &query, XLSX, file).await.expect(200).json();
    assert_eq!(
        (told.new, told.refused, told.sheets_left_out),
        (2, 0, 1),
        "{told:?}"
    );
    assert_eq!(told.sheet.as_deref(), Some("Danh sách"));
    assert_eq!(
        results(&told),
        [(4, "new")],
        "of an import only what there is to say"
    );
    assert!(told.lines[0].repaired);
    assert_eq!(counts(&app).await, (2, 2));
}

/// A workbook whose only sheet unpacks to this many megabytes of nothing.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default())
        .unwrap();
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..megabytes {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_file_that_is_too_large_too_long_or_a_bomb_is_refused_before_it_costs_anything() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let bomb = bomb(80);
    assert!(bomb.len() < 200_000, "it is small");
    let problem = send(&lead, "dry_run=true", XLSX, bomb)
        .await
        .refused(422, "invalid");
    assert!(
        problem.errors[0].message.contains("giải nén"),
        "{problem:?}"
    );
    let many = format!("Họ tên,Năm sinh\n{}", "A B,1990\n".repeat(20_001));
    let problem = send(&lead, "dry_run=true", CSV, many)
        .await
        .refused(422, "invalid");
    assert!(problem.errors[0].message.contains("20000"), "{problem:?}");
    send(&lead, "dry_run=true", CSV, vec![b'a'; 8 * 1024 * 1024 + 1])
        .await
        .refused(413, "too-large");
}

#[tokio::test]
async fn a_phone_is_kept_only_if_its_owner_agreed() {
    let app = TestApp::start().await;
    let lead = app.lead(COMMUNE).await;
    let phone = citizen::phone();
    let file = format!(
        "Họ tên,Năm sinh,Điện thoại,Đồng ý,Thôn\nNguyễn Một,1990,{phone},có,{VILLAGE}\nNguyễn Hai,1990,{phone},,{VILLAGE}\nNguyễn Ba,1990,không rõ,không,{VILLAGE}\n"
    );
    let told = import(&lead, &file).await;
    assert!(said(&told, 3).contains("không được giữ") && said(&told, 4).contains("không được giữ"));
    let kept: Vec<(i32, bool)> = roster_entry::table
        .select((roster_entry::line, roster_entry::phone.is_not_null()))
        .order(roster_entry::line)
        .load(&mut app.conn().await)
        .await
        .unwrap();
    assert_eq!(kept, [(2, true), (3, false), (4, false)]);
}
