//! The papers in the hands of another program: LibreOffice opens, computes and prints them. `./check papers` installs
//! it and runs these.

use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use mobile_contracts::reporting_report::Report;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{at, enter, figure, open, reference, take};
use crate::harness::TestApp;

/// Recomputes every formula.
const ALWAYS_RECOMPUTE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item>
</oor:items>"#;
/// Every sheet as a file of its own, numbers as they are and not as they are shown: commas, quotes, UTF-8.
const CSV_OF_EACH_SHEET: &str =
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";
/// A4, as PDF tells it.
const A4_POINTS: (f64, f64) = (595.3, 841.9);

/// Dots of an inch: enough to see half a millimetre.
const DOTS_PER_INCH: f64 = 100.0;
/// What a dot may be beside its edge.
const EDGE_MM: f64 = 0.5;

/// A page as it lies in the printer.
struct Paper {
    width: usize,
    /// From black to white, row by row.
    dots: Vec<u8>,
}

impl Paper {
    /// A grey picture as Poppler writes it: `P5`, width, height, white, and a byte for each dot.
    fn read(file: &Path) -> Self {
        let bytes = std::fs::read(file).unwrap();
        let words: Vec<&[u8]> = bytes.splitn(5, u8::is_ascii_whitespace).collect();
        assert_eq!((words[0], words[3]), (&b"P5"[..], &b"255"[..]));
        Self {
            width: std::str::from_utf8(words[1]).unwrap().parse().unwrap(),
            dots: words[4].to_vec(),
        }
    }

    /// Where there is ink, in millimetres from the left and from the top.
    fn ink(&self) -> Vec<(f64, f64)> {
        let mm = |dots: usize| (dots as f64 + 0.5) / DOTS_PER_INCH * 25.4;
        let dark = self.dots.iter().enumerate().filter(|(_, dot)| **dot < 192);
        dark.map(|(at, _)| (mm(at % self.width), mm(at / self.width)))
            .collect()
    }
}

/// Decree 30/2020, annex I: 20 to 25 mm above and below, 30 to 35 on the left, 15 to 20 on the right; above the text
/// only the number of the page, in the middle.
fn assert_margins(pages: &[Paper]) {
    let (mut left, mut right) = (f64::MAX, 0.0_f64);
    for (number, page) in (1..).zip(pages) {
        let ink = page.ink();
        let (above, text): (Vec<_>, Vec<_>) =
            ink.into_iter().partition(|(_, y)| *y < 20.0 - EDGE_MM);
        assert!(text.len() > 200, "page {number} is empty");
        assert_eq!(above.is_empty(), number == 1, "the number of page {number}");
        // The text lies between 30 and 190 mm.
        let is_aside = |x: f64| (x - 110.0).abs() > 5.0;
        let aside = above.iter().find(|(x, _)| is_aside(*x));
        assert_eq!(aside, None, "beside the number of page {number}");
        for (x, y) in text {
            (left, right) = (left.min(x), right.max(x));
            assert!(
                y < 297.0 - 20.0 + EDGE_MM,
                "below the text of page {number}"
            );
        }
    }
    let (right, edge) = (210.0 - right, EDGE_MM);
    assert!((30.0 - edge..=35.0 + edge).contains(&left), "{left} mm");
    assert!(
        (15.0 - edge..=20.0 + 2.0 * edge).contains(&right),
        "{right} mm"
    );
}

/// Has LibreOffice turn a file into others beside it.
fn convert(file: &Path, into: &str) {
    let folder = file.parent().unwrap();
    let profile = folder.join("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    let settings = profile.join("user/registrymodifications.xcu");
    std::fs::write(settings, ALWAYS_RECOMPUTE).unwrap();
    run(
        "soffice",
        &[
            &format!("-env:UserInstallation=file://{}", profile.display()),
            "--headless",
            "--convert-to",
            into,
            "--outdir",
            folder.to_str().unwrap(),
            file.to_str().unwrap(),
        ],
    );
}

/// Two minutes at most: a converter that hangs fails the test.
fn run(program: &str, args: &[&str]) -> String {
    let mut command = Command::new("timeout");
    let output = command.arg("120").arg(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("to06-printed-{}", uuid::Uuid::now_v7());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn keep(&self, name: &str, bytes: Vec<u8>) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs LibreOffice and Poppler: ./check papers"]
async fn papers_the_report_is_printed_on_a4_with_its_parts_and_figures() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let (_, docx) = take(&commander, &at(&period, "/report?form=docx")).await;
    let folder = Folder::new();
    convert(&folder.keep("report.docx", docx), "pdf");
    let pdf = folder.0.join("report.pdf");
    let pdf = pdf.to_str().unwrap();

    let told = run("pdfinfo", &[pdf]);
    let of = |name: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{name} in {told}")).trim()
    };
    let pages: u32 = of("Pages:").parse().unwrap();
    assert!((3..=15).contains(&pages), "{pages} pages");
    let size: Vec<f64> = of("Page size:")
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    assert!((size[0] - A4_POINTS.0).abs() < 1.0 && (size[1] - A4_POINTS.1).abs() < 1.0);

    let dots = DOTS_PER_INCH.to_string();
    let name = folder.0.join("page");
    run(
        "pdftoppm",
        &["-gray", "-r", &dots, pdf, name.to_str().unwrap()],
    );
    let files = std::fs::read_dir(&folder.0).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "pgm"));
    files.sort();
    let papers: Vec<Paper> = files.iter().map(|file| Paper::read(file)).collect();
    assert_eq!(papers.len(), pages as usize);
    assert_margins(&papers);

    let printed = run("pdftotext", &["-layout", pdf, "-"]);
    // The left half of the head stands beside the right one.
    for words in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "ỦY BAN NHÂN DÂN",
        "I. CÔNG TÁC TRIỂN KHAI",
        "II. KẾT QUẢ THỰC HIỆN",
        "III. NHẬN XÉT, ĐÁNH GIÁ",
        "IV. ĐỀ XUẤT, KIẾN NGHỊ",
        "V. PHƯƠNG HƯỚNG NHIỆM VỤ",
        "319.914/548.950",
        "Nơi nhận:",
        "./.",
    ] {
        assert!(printed.contains(words), "{words} is missing in\n{printed}");
    }
    // Decree 30/2020, annex I: the first page has no number, the second its own in the middle of the top.
    let heads: Vec<&str> = printed
        .split('\u{c}')
        .map(|page| page.lines().find(|line| !line.trim().is_empty()))
        .map(Option::unwrap_or_default)
        .collect();
    assert_ne!(heads[0].trim(), "1");
    assert_eq!(heads[1].trim(), "2");
}

/// The same workbook, with nothing where its writer put what each formula should give.
fn without_results(xlsx: Vec<u8>) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(xlsx)).unwrap();
    let mut bare = ZipWriter::new(Cursor::new(Vec::new()));
    let mut emptied = 0;
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name.starts_with("xl/worksheets/") {
            let mut pieces = text.split("</f><v>");
            let mut kept = pieces.next().unwrap().to_owned();
            for piece in pieces {
                kept.push_str("</f><v>");
                kept.push_str(&piece[piece.find("</v>").unwrap()..]);
                emptied += 1;
            }
            text = kept;
        }
        bare.start_file(name, SimpleFileOptions::default()).unwrap();
        bare.write_all(text.as_bytes()).unwrap();
    }
    assert!(emptied > 100, "{emptied} formulas");
    bare.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs LibreOffice and Poppler: ./check papers"]
async fn papers_the_workbook_computes_the_percentages_that_the_report_tells() {
    let app = TestApp::start().await;
    let (commander, period) = reference(&app).await;
    let days = ("2022-12-17", "2023-01-16");
    let before = open(&commander, period.unit_id, "2023-01", days).await;
    let mut own = figure("dvc25", "cumulative", 5_648);
    own["denominator"] = json!(10_000);
    enter(&commander, &before, json!([own])).await.expect(200);
    let report: Report = commander
        .get(&at(&period, "/report"))
        .await
        .expect(200)
        .json();
    let (_, xlsx) = take(&commander, &at(&period, "/report?form=xlsx")).await;
    let folder = Folder::new();
    convert(
        &folder.keep("report.xlsx", without_results(xlsx)),
        CSV_OF_EACH_SHEET,
    );

    let mut computed = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(&folder.0).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.starts_with("report-Mục") {
            continue;
        }
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_path(&path)
            .unwrap();
        for row in rows.records().map(Result::unwrap).skip(3) {
            let rate = row[7]
                .strip_suffix('%')
                .map(|rate| rate.parse::<f64>().unwrap());
            let points = row[11].parse::<f64>().ok();
            computed.insert((row[0].to_owned(), row[3].to_owned()), (rate, points));
        }
    }
    assert_eq!(computed.len(), report.figures.len());
    let (mut compared, mut changes) = (0, 0);
    for figure in &report.figures {
        let span = match figure.span.as_str() {
            "cumulative" => "lũy kế",
            _ => "trong kỳ",
        };
        let key = (figure.code.clone(), span.to_owned());
        let told = figure
            .percent
            .as_ref()
            .map(|percent| percent.parse::<f64>().unwrap());
        let computed = computed.get(&key).copied();
        let (computed, points) = computed.unwrap_or_else(|| panic!("{key:?} is in no sheet"));
        let change = figure.change_points.as_ref();
        let change = change.map(|change| change.parse::<f64>().unwrap());
        assert_eq!(change, points, "{key:?}");
        changes += usize::from(change.is_some());
        match (told, computed) {
            (Some(told), Some(rate)) => {
                assert!((told - rate).abs() < 0.001, "{key:?}: {told}, {rate}");
                compared += 1;
            }
            (None, None) => {}
            other => panic!("{key:?}: {other:?}"),
        }
    }
    // All that the reference gives a denominator for.
    assert_eq!((compared, changes), (13, 1));
}
