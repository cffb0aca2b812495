//! The report as a document of Word, in the form of Decree 30/2020 (annex I): A4, Times New Roman, the national
//! heading, number and symbol left blank, "Nơi nhận" and the signature below, pages numbered above from the
//! second on.

use std::io::Cursor;

use chrono::Datelike as _;
use docx_rs::{
    AlignmentType, Docx, Header, LineSpacing, LineSpacingType, PageMargin, PageNum, Paragraph, Run,
    RunFonts, SpecialIndentType, Table, TableCell, TableLayoutType, TableRow, WidthType,
};
use mobile_contracts::reporting_report::{Report, ReportBlock};

use super::compose::{block, month_vi, standing};
use super::explain;
use super::sections::lower_first;

const FONT: &str = "Times New Roman";
/// Twips of a millimetre, about: the decree speaks in millimetres.
const MM: f64 = 56.7;
/// A4, in twips.
const PAGE: (u32, u32) = (11_906, 16_838);
/// Of the text: 160 mm, between margins of 30 and 20.
const WIDTH: usize = 9_072;
/// Sizes in half points.
const BODY: usize = 28;
const HEADING: usize = 26;
const RECIPIENTS: usize = 22;

/// # Errors
/// When the archive cannot be written.
pub fn print(report: &Report) -> Result<Vec<u8>, zip::result::ZipError> {
    let mm = |size: f64| (size * MM) as i32;
    let margin = PageMargin::new()
        .top(mm(20.0))
        .bottom(mm(20.0))
        .left(mm(30.0))
        .right(mm(20.0))
        .header(mm(10.0))
        .footer(mm(10.0));
    let number = Paragraph::new()
        .align(AlignmentType::Center)
        .add_page_num(PageNum::new());
    let fonts = RunFonts::new()
        .ascii(FONT)
        .hi_ansi(FONT)
        .east_asia(FONT)
        .cs(FONT);
    let mut document = Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_margin(margin)
        .default_fonts(fonts)
        .default_size(BODY)
        .first_header(Header::new().add_paragraph(Paragraph::new()))
        .header(Header::new().add_paragraph(number))
        .add_table(heading(report));
    for paragraph in title(report) {
        document = document.add_paragraph(paragraph);
    }
    for block in &report.blocks {
        document = document.add_paragraph(body(block));
    }
    let mut file = Cursor::new(Vec::new());
    document = document
        .add_paragraph(Paragraph::new())
        .add_table(foot(report));
    for paragraph in annex(report) {
        document = document.add_paragraph(paragraph);
    }
    document
        .build()
        .pack(&mut file)
        .map_err(|why| std::io::Error::other(why.to_string()))?;
    Ok(file.into_inner())
}

/// On a page of its own, of a draft only: what is told otherwise than its sources. What is issued has no such page.
fn annex(report: &Report) -> Vec<Paragraph> {
    let sentences = explain::sentences(report);
    if report.issued_on.is_some() || sentences.is_empty() {
        return Vec::new();
    }
    let title = centred(run("BẢNG GIẢI TRÌNH CỦA BẢN DỰ THẢO", BODY).bold());
    let note = "(Không thuộc văn bản phát hành: những chỗ báo cáo ghi khác nguồn)";
    let mut told = vec![
        title.page_break_before(true),
        centred(run(note, BODY).italic()),
    ];
    told.extend(sentences.into_iter().map(|text| body(&block("item", text))));
    told
}

/// Text as a document may hold it: a control character would spoil the whole file.
fn run(text: &str, size: usize) -> Run {
    let harmless: String = text
        .chars()
        .filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        .collect();
    Run::new().add_text(harmless).size(size)
}

fn centred(run: Run) -> Paragraph {
    Paragraph::new().align(AlignmentType::Center).add_run(run)
}

fn line(size: usize) -> Paragraph {
    centred(run("––––––––––", size))
}

fn cell(width: usize, paragraphs: Vec<Paragraph>) -> TableCell {
    let cell = TableCell::new().width(width, WidthType::Dxa);
    paragraphs.into_iter().fold(cell, TableCell::add_paragraph)
}

/// Two columns without a border.
fn columns(left: (usize, Vec<Paragraph>), right: (usize, Vec<Paragraph>)) -> Table {
    let grid = vec![left.0, right.0];
    let row = TableRow::new(vec![cell(left.0, left.1), cell(right.0, right.1)]).cant_split();
    Table::without_borders(vec![row])
        .set_grid(grid)
        .layout(TableLayoutType::Fixed)
        .width(WIDTH, WidthType::Dxa)
}

fn heading(report: &Report) -> Table {
    let unit = report.unit_name.to_uppercase();
    let issued = report.issued_on.map_or_else(
        || format!("ngày      tháng      năm {}", report.ends_on.year()),
        |day| {
            // Days below ten and the first two months are written with a zero before.
            let month = match day.month() {
                month @ 1..=2 => format!("{month:02}"),
                month => month.to_string(),
            };
            format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
        },
    );
    let place = bare(&report.unit_name);
    let left = vec![
        centred(run(&format!("ỦY BAN NHÂN DÂN {unit}"), 24)),
        centred(run("TỔ CÔNG TÁC ĐỀ ÁN 06", 24).bold()),
        line(16),
        centred(run("Số:          /BC-TCTĐA06", HEADING)),
    ];
    let right = vec![
        centred(run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 24).bold()),
        centred(
            run("Độc lập - Tự do - Hạnh phúc", HEADING)
                .bold()
                .underline("single"),
        ),
        centred(run("", 16)),
        centred(run(&format!("{place}, {issued}"), HEADING).italic()),
    ];
    columns((3_700, left), (WIDTH - 3_700, right))
}

/// `Ninh Thuận` of `Tỉnh Ninh Thuận`.
fn bare(name: &str) -> &str {
    let kinds = [
        "Tỉnh ",
        "Thành phố ",
        "Huyện ",
        "Thị xã ",
        "Thị trấn ",
        "Quận ",
        "Phường ",
        "Xã ",
        "Đặc khu ",
    ];
    let stripped = kinds.iter().find_map(|kind| name.strip_prefix(kind));
    stripped.unwrap_or(name)
}

fn title(report: &Report) -> Vec<Paragraph> {
    let mut words = vec![
        centred(run("BÁO CÁO", BODY).bold())
            .line_spacing(LineSpacing::new().before(240).after(60)),
        centred(
            run(
                &format!(
                    "Kết quả triển khai thực hiện Đề án phát triển ứng dụng dữ liệu về dân cư, định danh và xác thực điện tử phục vụ chuyển đổi số quốc gia giai đoạn 2022-2025, tầm nhìn đến năm 2030 trên địa bàn {} tháng {}",
                    lower_first(&report.unit_name),
                    month_vi(report.month)
                ),
                BODY,
            )
            .bold(),
        ),
    ];
    if let Some(standing) = standing(report) {
        words.push(centred(run(&format!("({standing})"), BODY).italic()));
    }
    words.push(line(16).line_spacing(LineSpacing::new().after(120)));
    words
}

fn body(block: &ReportBlock) -> Paragraph {
    let (mark, bold, keep) = match block.kind.as_str() {
        "part" => ("", true, true),
        "section" => ("", true, true),
        "item" => ("- ", false, false),
        "subitem" => ("+ ", false, false),
        _ => ("", false, false),
    };
    let mut words = run(&format!("{mark}{}", block.text), BODY);
    if bold {
        words = words.bold();
    }
    Paragraph::new()
        .align(AlignmentType::Both)
        // The first line stands 1,27 cm to the right; 6 pt and a little more than a line between.
        .indent(None, Some(SpecialIndentType::FirstLine(720)), None, None)
        .line_spacing(
            LineSpacing::new()
                .before(60)
                .after(60)
                .line_rule(LineSpacingType::Auto)
                .line(264),
        )
        .keep_next(keep)
        .add_run(words)
}

fn foot(report: &Report) -> Table {
    let mut left = vec![Paragraph::new().add_run(run("Nơi nhận:", 24).bold().italic())];
    let last = report.recipients.len().saturating_sub(1);
    for (at, name) in report.recipients.iter().enumerate() {
        let end = if at == last { "." } else { ";" };
        let name = name.trim_end_matches(['.', ';']);
        left.push(Paragraph::new().add_run(run(&format!("- {name}{end}"), RECIPIENTS)));
    }
    let mut right = Vec::new();
    let (name, offices) = match report.signer.as_slice() {
        [offices @ .., name] if !offices.is_empty() => (Some(name), offices),
        offices => (None, offices),
    };
    for office in offices {
        right.push(centred(run(office, BODY).bold()));
    }
    // Where the signature and the seal go.
    right.extend((0..4).map(|_| centred(run("", BODY))));
    if let Some(name) = name {
        right.push(centred(run(name, BODY).bold()));
    }
    columns((4_536, left), (WIDTH - 4_536, right))
}
