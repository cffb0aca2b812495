//! The parts of the report one by one, in the order of the reference.

use mobile_contracts::reporting::Span;
use mobile_contracts::reporting_report::{ReportBlock, TextSection};

use super::compose::{Material, block, month_vi, say};
use crate::reporting::indicators::store::IndicatorRow;
use crate::reporting::registers::store::EntryRow;
use crate::reporting::rules::{count_vi, day_vi};

/// Who gets the report, unless somebody writes otherwise.
pub const RECIPIENTS: &[&str] = &[
    "Văn phòng Chính phủ (b/c)",
    "V01, C06 - Bộ Công an (b/c)",
    "Thường trực: Tỉnh ủy, HĐND tỉnh (b/c)",
    "Chủ tịch, các PCT UBND tỉnh",
    "Tỉnh Đoàn",
    "Hội Liên hiệp Phụ nữ tỉnh",
    "Các thành viên Tổ công tác Đề án 06 tỉnh",
    "Lưu: VT",
];

/// Whose services are told first.
const POLICE: &str = "Công an tỉnh";
/// The group of essential services.
const SERVICES: &str = "dvc25";

pub fn blocks(material: &Material) -> Vec<ReportBlock> {
    let mut told = opening(material);
    told.extend(work(material));
    told.extend(results(material));
    told.extend(remarks(material));
    told.extend(proposals(material));
    told.extend(tasks(material));
    told.extend(closing(material));
    told
}

fn written(material: &Material, section: TextSection) -> Vec<ReportBlock> {
    let lines = material.text(section);
    lines
        .into_iter()
        .map(|line| block("paragraph", line))
        .collect()
}

fn opening(material: &Material) -> Vec<ReportBlock> {
    let own = written(material, TextSection::Opening);
    if !own.is_empty() {
        return own;
    }
    let unit = lower_first(&material.unit_name);
    vec![block(
        "paragraph",
        format!(
            "Thực hiện Quyết định số 06/QĐ-TTg ngày 06/01/2022 của Thủ tướng Chính phủ về phê duyệt Đề án phát triển ứng dụng dữ liệu về dân cư, định danh và xác thực điện tử phục vụ chuyển đổi số quốc gia giai đoạn 2022-2025, tầm nhìn đến năm 2030 (viết tắt là Đề án 06/CP), Tổ công tác Đề án 06 {unit} báo cáo kết quả triển khai thực hiện Đề án 06/CP tháng {}, cụ thể như sau:",
            month_vi(material.month)
        ),
    )]
}

/// `tỉnh Ninh Thuận` within a sentence.
pub fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn work(material: &Material) -> Vec<ReportBlock> {
    let mut told = vec![block(
        "part",
        "I. CÔNG TÁC TRIỂN KHAI ĐỀ ÁN 06/CP TẠI ĐỊA PHƯƠNG",
    )];
    told.extend(written(material, TextSection::Work));
    // Before the directives: behind them a line would be one of the last body's.
    told.extend(lines(material, "I.2"));
    told.extend(directives(material));
    told
}

/// Directives under whoever issued them, in the order in which those come first.
fn directives(material: &Material) -> Vec<ReportBlock> {
    let mut told = Vec::new();
    let all = material.entries.iter();
    let directives: Vec<&EntryRow> = all.filter(|entry| entry.kind == "directive").collect();
    let mut bodies: Vec<&str> = Vec::new();
    for entry in &directives {
        if !bodies.contains(&entry.body.as_str()) {
            bodies.push(&entry.body);
        }
    }
    for (number, body) in (1..).zip(bodies) {
        told.push(block("section", format!("{number}. {body} đã ban hành:")));
        for entry in directives.iter().filter(|entry| entry.body == body) {
            told.push(block(
                "item",
                format!(
                    "Văn bản số {} ngày {}: {};",
                    entry.number.as_deref().unwrap_or_default(),
                    day_vi(entry.noted_on),
                    entry.subject
                ),
            ));
        }
    }
    told
}

/// With what the first report after a merger compares, or why it compares nothing.
fn after_merger(material: &Material) -> Option<ReportBlock> {
    let last = material.made_of.iter().map(|one| one.on).max()?;
    let parts = material.made_of.iter().map(|one| {
        let part = if one.is_whole { "" } else { "một phần " };
        format!("{part}{}", lower_first(&one.name))
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    let compares = match material.before {
        Some(_) => "so sánh với tổng số liệu kỳ trước của các đơn vị đó",
        None => "không so sánh với kỳ trước",
    };
    Some(block(
        "paragraph",
        format!(
            "{} gồm địa bàn của {parts} từ ngày {} và chưa có kỳ báo cáo trước của riêng mình, nên báo cáo này {compares}.",
            material.unit_name,
            day_vi(last)
        ),
    ))
}

fn results(material: &Material) -> Vec<ReportBlock> {
    let mut told = vec![block(
        "part",
        "II. KẾT QUẢ THỰC HIỆN CÁC NỘI DUNG CỦA ĐỀ ÁN 06/CP",
    )];
    told.extend(after_merger(material));
    told.push(block(
        "section",
        "1. Tiến độ triển khai thực hiện cung cấp dịch vụ công thiết yếu sử dụng xác thực, chia sẻ dữ liệu từ Cơ sở dữ liệu quốc gia về dân cư:",
    ));
    told.extend(written(material, TextSection::Services));
    for (number, span) in (1..).zip(Span::ALL) {
        told.extend(services(material, number, span));
    }
    told.extend(beside_services(material));
    let groups = [
        (
            "II.2",
            "2. Nhóm phục vụ phát triển công dân số:",
            TextSection::Citizens,
        ),
        (
            "II.3",
            "3. Nhóm hoàn thiện hệ sinh thái phục vụ kết nối, khai thác, bổ sung làm giàu dữ liệu dân cư:",
            TextSection::Data,
        ),
        (
            "II.4",
            "4. Kết quả tiếp nhận, giải quyết cư trú trên hệ thống Cơ sở dữ liệu quốc gia về dân cư:",
            TextSection::Residence,
        ),
        (
            "II.5",
            "5. Công tác tuyên truyền về công tác triển khai Đề án 06/CP đối với người dân, cơ quan, doanh nghiệp:",
            TextSection::Outreach,
        ),
    ];
    for (section, title, text) in groups {
        told.push(block("section", title));
        told.extend(written(material, text));
        told.extend(lines(material, section));
    }
    told
}

/// All that is added up in an indicator, down to what has no parts.
fn leaves<'a>(material: &'a Material, code: &'a str) -> Vec<&'a IndicatorRow> {
    let mut found = Vec::new();
    for part in material.catalogue.parts(code) {
        let below = leaves(material, &part.code);
        match below.is_empty() {
            true => found.push(part),
            false => found.extend(below),
        }
    }
    found
}

/// Whether it is the sum of the essential services, or added up in it at any level.
fn is_service(material: &Material, indicator: &IndicatorRow) -> bool {
    let parent = indicator.parent_code.as_deref();
    let total = parent.filter(|_| indicator.is_part);
    indicator.code == SERVICES
        || total
            .and_then(|code| material.catalogue.get(code))
            .is_some_and(|total| is_service(material, total))
}

/// The essential services in one span, first those of the police, then those of the departments.
fn services(material: &Material, number: usize, span: Span) -> Vec<ReportBlock> {
    let groups = [
        group(material, span, "a", true),
        group(material, span, "b", false),
    ];
    let total = material.catalogue.get(SERVICES);
    let total = total.zip(material.book().figure(SERVICES, span));
    if total.is_none() && groups.iter().all(|(_, services)| services.is_empty()) {
        return Vec::new();
    }
    let first = match span {
        Span::Cumulative => material.period.cumulative_from,
        Span::InPeriod => material.period.starts_on,
    };
    // Services may be known before anybody knows their sum.
    let sum = total.map_or_else(String::new, |(total, figure)| {
        let words = say(material, total, figure);
        format!(" Đã tiếp nhận và giải quyết {words}, cụ thể:")
    });
    let mut told = vec![block(
        "section",
        format!(
            "1.{number}. Kết quả từ ngày {} đến ngày {}:{sum}",
            day_vi(first),
            day_vi(material.period.ends_on)
        ),
    )];
    for (title, services) in groups {
        told.push(block("paragraph", title));
        told.extend(services);
    }
    told
}

/// What is told of the services of the police, or of all others: how many there are, and each of them.
fn group(
    material: &Material,
    span: Span,
    letter: &str,
    police: bool,
) -> (String, Vec<ReportBlock>) {
    let is_police = |own: &IndicatorRow| material.owner(&own.code) == Some(POLICE);
    let parts = material.catalogue.parts(SERVICES);
    let parts: Vec<&IndicatorRow> = parts.filter(|own| is_police(own) == police).collect();
    // Counted with the service under which they stand, whoever answers for them.
    let below = parts.iter().map(|part| leaves(material, &part.code).len());
    let count: usize = below.map(|leaves| leaves.max(1)).sum();
    let whose = match police {
        true => "của Công an tỉnh",
        false => "của các Sở, ngành, địa phương",
    };
    let title =
        format!("{letter}) Đối với {count} dịch vụ công trực tuyến thuộc các lĩnh vực {whose}:");
    let services = parts
        .into_iter()
        .flat_map(|part| service(material, part, span, "item"));
    (title, services.collect())
}

/// A service, and below it those of which it is the sum, down to the last level.
fn service(
    material: &Material,
    indicator: &IndicatorRow,
    span: Span,
    kind: &str,
) -> Vec<ReportBlock> {
    let parts = material.catalogue.parts(&indicator.code);
    let below: Vec<ReportBlock> = parts
        .flat_map(|part| service(material, part, span, "subitem"))
        .collect();
    let name = material.name(&indicator.name);
    let figure = material.book().figure(&indicator.code, span);
    let words = figure.map(|figure| say(material, indicator, figure));
    let line = match (words, below.is_empty()) {
        (None, true) => return below,
        (None, false) => format!("{name}, trong đó:"),
        (Some(words), true) => format!("{name}: {words};"),
        (Some(words), false) => format!("{name}: {words}, trong đó:"),
    };
    let mut told = vec![block(kind, line)];
    told.extend(below);
    told
}

/// What stands in the section of the essential services and is none of them.
fn beside_services(material: &Material) -> Vec<ReportBlock> {
    let all = material.catalogue.indicators.iter();
    let told: Vec<ReportBlock> = all
        .filter(|own| own.section == "II.1" && !is_service(material, own))
        .flat_map(|own| line(material, own))
        .collect();
    if told.is_empty() {
        return told;
    }
    // Else they would stand among the services of the departments.
    let mut with_title = vec![block("paragraph", "Các kết quả khác:")];
    with_title.extend(told);
    with_title
}

/// The indicators of a section, a line each; dossiers by what became of them in one sentence.
fn lines(material: &Material, section: &str) -> Vec<ReportBlock> {
    let all = material.catalogue.indicators.iter();
    all.filter(|own| own.section == section)
        .flat_map(|own| line(material, own))
        .collect()
}

/// An indicator in both spans, or the dossiers of a heading.
fn line(material: &Material, indicator: &IndicatorRow) -> Vec<ReportBlock> {
    if indicator.measure == "heading" {
        return dossiers(material, indicator);
    }
    if is_told_by_heading(material, indicator) {
        return Vec::new();
    }
    let book = material.book();
    let mut spans = Vec::new();
    for (span, words) in [(Span::Cumulative, "lũy kế "), (Span::InPeriod, "trong kỳ ")] {
        if let Some(figure) = book.figure(&indicator.code, span) {
            spans.push((words, say(material, indicator, figure)));
        }
    }
    let told_as = match spans.as_slice() {
        [] => return Vec::new(),
        [(_, only)] => only.clone(),
        several => {
            let several = several.iter().map(|(words, own)| format!("{words}{own}"));
            several.collect::<Vec<_>>().join("; ")
        }
    };
    let name = material.name(&indicator.name);
    vec![block("item", format!("{name}: {told_as}."))]
}

/// The dossiers of a heading that became this.
fn find_role<'a>(
    material: &'a Material,
    heading: &IndicatorRow,
    role: &str,
) -> Option<&'a IndicatorRow> {
    let mut all = material.catalogue.indicators.iter();
    all.find(|own| {
        own.parent_code.as_deref() == Some(heading.code.as_str())
            && own.role.as_deref() == Some(role)
    })
}

/// Whether the sentence of a heading tells it: only a heading has one, and of each role it tells the first.
fn is_told_by_heading(material: &Material, indicator: &IndicatorRow) -> bool {
    let parent = indicator.parent_code.as_deref();
    let heading = parent
        .and_then(|code| material.catalogue.get(code))
        .filter(|parent| parent.measure == "heading");
    heading
        .zip(indicator.role.as_deref())
        .and_then(|(heading, role)| find_role(material, heading, role))
        .is_some_and(|told| told.code == indicator.code)
}

fn dossiers(material: &Material, heading: &IndicatorRow) -> Vec<ReportBlock> {
    let mut told = Vec::new();
    for span in Span::ALL {
        let of_role = |role: &str| {
            let indicator = find_role(material, heading, role)?;
            let figure = material.book().figure(&indicator.code, span)?;
            Some(say(material, indicator, figure))
        };
        let words = [
            ("đã tiếp nhận", of_role("received")),
            ("đủ điều kiện", of_role("eligible")),
            ("đã giải quyết và trả kết quả", of_role("resolved")),
            ("đang giải quyết", of_role("pending")),
        ];
        let words: Vec<String> = words
            .into_iter()
            .filter_map(|(words, figure)| Some(format!("{words} {}", figure?)))
            .collect();
        if !words.is_empty() {
            told.push(block(
                "item",
                format!("{}: {}.", heading.name, words.join("; ")),
            ));
        }
    }
    told
}

fn remarks(material: &Material) -> Vec<ReportBlock> {
    let mut told = vec![
        block("part", "III. NHẬN XÉT, ĐÁNH GIÁ"),
        block("section", "1. Ưu điểm:"),
    ];
    told.extend(written(material, TextSection::Strengths));
    told.push(block("section", "2. Tồn tại, khó khăn, vướng mắc:"));
    told.extend(written(material, TextSection::Weaknesses));
    let idle: Vec<String> = leaves(material, SERVICES)
        .into_iter()
        .filter(|own| {
            let figure = material.book().figure(&own.code, Span::InPeriod);
            figure.is_some_and(|figure| figure.value == 0)
        })
        .map(|own| {
            let owner = material.owner(&own.code).unwrap_or_default();
            format!("{} - {owner}", material.name(&own.name))
        })
        .collect();
    if !idle.is_empty() {
        told.push(block(
            "item",
            format!(
                "Trong kỳ còn {} dịch vụ công thiết yếu chưa phát sinh hồ sơ ({}).",
                count_vi(idle.len() as i64),
                idle.join("; ")
            ),
        ));
    }
    told.extend(lines(material, "III.2"));
    told.extend(entries(material, "difficulty"));
    told
}

/// Entries of a register that are told, settled ones with what became of them.
fn entries(material: &Material, kind: &str) -> Vec<ReportBlock> {
    let own = material.entries.iter().filter(|entry| entry.kind == kind);
    own.map(|entry| {
        let became = match entry.state.as_str() {
            "done" => " (đã giải quyết)",
            "dropped" => " (không còn đề nghị)",
            _ => "",
        };
        block(
            "item",
            format!("{}: {}{became}.", entry.body, entry.subject),
        )
    })
    .collect()
}

fn proposals(material: &Material) -> Vec<ReportBlock> {
    let mut told = vec![block("part", "IV. ĐỀ XUẤT, KIẾN NGHỊ")];
    told.extend(written(material, TextSection::Proposals));
    told.extend(entries(material, "proposal"));
    told
}

/// Tasks under whom they are given to, in the order in which those come first.
fn tasks(material: &Material) -> Vec<ReportBlock> {
    let mut told = vec![block("part", "V. PHƯƠNG HƯỚNG NHIỆM VỤ THỜI GIAN TỚI")];
    told.extend(written(material, TextSection::Tasks));
    let tasks = material.entries.iter().filter(|entry| entry.kind == "task");
    let tasks: Vec<(&str, &EntryRow)> = tasks.map(|own| (material.assignee(own), own)).collect();
    let mut bodies: Vec<&str> = Vec::new();
    for (body, _) in &tasks {
        if !bodies.contains(body) {
            bodies.push(body);
        }
    }
    for (number, body) in (1..).zip(bodies) {
        told.push(block("section", format!("{number}. {body}:")));
        let own = tasks.iter().filter(|(whose, _)| *whose == body);
        told.extend(own.map(|(_, entry)| task(material, entry)));
    }
    for section in ["V.5", "V.7"] {
        told.extend(lines(material, section));
    }
    told
}

fn task(material: &Material, entry: &EntryRow) -> ReportBlock {
    let mut marks = Vec::new();
    if let Some(due_on) = entry.due_on {
        marks.push(format!("hạn {}", day_vi(due_on)));
    }
    match entry.state.as_str() {
        "done" => marks.push("đã hoàn thành".to_owned()),
        "dropped" => marks.push("không thực hiện nữa".to_owned()),
        _ if entry.noted_on < material.period.starts_on => {
            marks.push("chuyển từ kỳ trước".to_owned());
        }
        _ => {}
    }
    let marks = match marks.is_empty() {
        true => String::new(),
        false => format!(" ({})", marks.join(", ")),
    };
    // Whoever has to do it within the unit under whose name it stands.
    let body = match material.assignee(entry) == entry.body {
        true => String::new(),
        false => format!("{}: ", entry.body),
    };
    block("item", format!("{body}{}{marks}.", entry.subject))
}

fn closing(material: &Material) -> Vec<ReportBlock> {
    let mut own = written(material, TextSection::Closing);
    if own.is_empty() {
        let unit = lower_first(&material.unit_name);
        own.push(block(
            "paragraph",
            format!("Tổ công tác Đề án 06 {unit} báo cáo Văn phòng Chính phủ, Bộ Công an biết, theo dõi, chỉ đạo"),
        ));
    }
    // A paper ends with this mark, and with it once.
    if let Some(last) = own.last_mut() {
        let text = last.text.trim_end_matches(['.', '/', ' ']);
        last.text = format!("{text}./.");
    }
    own
}
