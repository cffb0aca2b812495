//! A finding in a sentence: what is wrong, where, by how much, and what mends it.

use mobile_contracts::reporting::Span;
use mobile_contracts::reporting_percent::StatedPercent;

use super::percent::denominators;
use super::rules::{Case, Finding};
use crate::reporting::indicators::rules::Catalogue;
use crate::reporting::rules::{count_vi, percent_hundredths, percent_vi, points_vi};

/// In Vietnamese.
pub fn sentence(finding: &Finding, catalogue: &Catalogue) -> String {
    let indicator = catalogue.get(&finding.code);
    let section = indicator.map_or("", |own| own.section.as_str());
    let span = match finding.span {
        Span::Cumulative => "lũy kế",
        Span::InPeriod => "trong kỳ",
    };
    let name = name(catalogue, &finding.code);
    format!(
        "Mục {section}, {name} ({span}): {}",
        case(&finding.case, catalogue)
    )
}

fn name<'a>(catalogue: &'a Catalogue, code: &'a str) -> &'a str {
    catalogue.get(code).map_or(code, |own| own.name.as_str())
}

fn stated_vi(stated: StatedPercent) -> String {
    stated.to_string().replace('.', ",")
}

/// `12/40`, or `12` where nobody says of how many.
fn of(value: i64, denominator: Option<i64>) -> String {
    let whole = denominator.map_or_else(String::new, |whole| format!("/{}", count_vi(whole)));
    format!("{}{whole}", count_vi(value))
}

fn computed(value: i64, denominator: i64) -> String {
    percent_hundredths(value, denominator).map_or_else(String::new, percent_vi)
}

fn case(case: &Case, catalogue: &Catalogue) -> String {
    let n = |count: &i64| count_vi(*count);
    match case {
        Case::PartsTotal {
            total,
            sum,
            missing,
        } => {
            let apart = count_vi((total - sum).abs());
            let way = if total > sum { "thừa" } else { "thiếu" };
            let missing = match missing {
                0 => String::new(),
                missing => format!(" (còn {missing} mục chưa nhập)"),
            };
            format!(
                "tổng ghi {}, nhưng các mục con cộng lại là {}{missing}; tổng {way} {apart}. Hãy sửa tổng, hoặc tìm mục con ghi sai.",
                n(total),
                n(sum)
            )
        }
        Case::PartAboveWhole {
            value,
            whole,
            whole_code,
        } => format!(
            "{} lớn hơn {} của \"{}\", mà nó chỉ là một phần; nhiều hơn {}. Hãy kiểm tra lại cả hai số.",
            n(value),
            n(whole),
            name(catalogue, whole_code),
            count_vi(value - whole)
        ),
        Case::PeriodAboveCumulative { value, cumulative } => format!(
            "trong kỳ {} nhưng lũy kế chỉ {}; lũy kế phải gồm cả kỳ này, đang thiếu ít nhất {}.",
            n(value),
            n(cumulative),
            count_vi(value - cumulative)
        ),
        Case::AboveDenominator {
            value,
            denominator: 0,
            ..
        } => format!(
            "ghi {}/0: mẫu số bằng 0 mà tử số thì không. Hãy nhập mẫu số đúng, hoặc bỏ trống nếu chưa có.",
            n(value)
        ),
        Case::AboveDenominator {
            value,
            denominator,
            part: true,
        } => format!(
            "{}/{} là {}, vượt 100%, mà tử số chỉ là một phần của mẫu số; nhiều hơn {}. Hãy kiểm tra lại cả hai số.",
            n(value),
            n(denominator),
            computed(*value, *denominator),
            count_vi(value - denominator)
        ),
        Case::AboveDenominator {
            value, denominator, ..
        } => format!(
            "{}/{} là {}, vượt 100%. Chỉ đúng khi mẫu số là chỉ tiêu giao; nếu là tổng số hồ sơ thì một trong hai số sai.",
            n(value),
            n(denominator),
            computed(*value, *denominator)
        ),
        Case::DenominatorWrong {
            value,
            denominator,
            whole,
            whole_code,
            taken_from,
        } => {
            let taken = taken_from.as_deref().map_or_else(String::new, |code| {
                format!(
                    " ({} là số của \"{}\")",
                    n(denominator),
                    name(catalogue, code)
                )
            });
            format!(
                "ghi {}/{}{taken}, nhưng mẫu số phải là {} của \"{}\". Hãy ghi {}/{}.",
                n(value),
                n(denominator),
                n(whole),
                name(catalogue, whole_code),
                n(value),
                n(whole)
            )
        }
        Case::DenominatorMissing { value, stated } => {
            let told = stated.map_or_else(String::new, |stated| {
                format!(", đạt {}%", stated_vi(stated))
            });
            let likely = stated.and_then(|stated| denominators(stated, *value));
            let likely = match likely {
                Some((least, most)) if least == most => {
                    format!(" (với tỷ lệ đó mẫu số là {})", count_vi(least))
                }
                Some((least, most)) => format!(
                    " (với tỷ lệ đó mẫu số từ {} đến {})",
                    count_vi(least),
                    count_vi(most)
                ),
                None => String::new(),
            };
            format!(
                "ghi {}{told} mà không nêu mẫu số{likely}. Hãy nhập mẫu số để tỷ lệ tính được.",
                n(value)
            )
        }
        Case::EligibleSplit {
            eligible,
            resolved,
            pending,
        } => format!(
            "đủ điều kiện {}, nhưng đã giải quyết {} cộng đang giải quyết {} là {}; lệch {}. Hãy sửa một trong ba số.",
            n(eligible),
            n(resolved),
            n(pending),
            count_vi(resolved + pending),
            count_vi((resolved + pending - eligible).abs())
        ),
        Case::PercentWrong {
            value,
            denominator,
            stated,
        } => format!(
            "ghi {}/{} đạt {}%, nhưng tính ra {}; không cách làm tròn nào cho ra số đã ghi. Hãy kiểm tra tử số, mẫu số; báo cáo sẽ in số tính được.",
            n(value),
            n(denominator),
            stated_vi(*stated),
            computed(*value, *denominator)
        ),
        Case::PercentCutOff {
            value,
            denominator,
            stated,
        } => format!(
            "ghi {}/{} đạt {}%, nhưng tính ra {}: số đã ghi bị cắt bớt chứ không làm tròn. Báo cáo sẽ in số tính được.",
            n(value),
            n(denominator),
            stated_vi(*stated),
            computed(*value, *denominator)
        ),
        Case::CumulativeFell { value, before } => format!(
            "lũy kế {} nhỏ hơn kỳ trước {}; giảm {}. Lũy kế không giảm: hãy sửa kỳ này, hoặc đính chính kỳ trước.",
            n(value),
            n(before),
            count_vi(before - value)
        ),
        Case::SelfComparison { change } => format!(
            "ghi tăng, giảm {} so với chính tháng của báo cáo này hoặc tháng sau. Hãy so với kỳ trước.",
            stated_vi(*change)
        ),
        Case::TwoValues {
            value,
            other,
            other_code,
        } => format!(
            "ghi {}, nhưng mục {} ghi {} cho cùng số liệu (\"{}\"); lệch {}. Hãy thống nhất, hoặc nêu rõ hai nguồn khác nhau ở đâu.",
            n(value),
            catalogue
                .get(other_code)
                .map_or("", |own| own.section.as_str()),
            n(other),
            name(catalogue, other_code),
            count_vi((value - other).abs())
        ),
        Case::FedDiffers {
            value,
            denominator,
            counted,
            counted_of,
            fed,
        } => {
            let (told, now) = (of(*value, *denominator), of(*counted, *counted_of));
            match fed {
                true => format!(
                    "số đã lấy từ phần mềm là {told}, nay phần mềm đếm được {now}. Hãy bấm \"Lấy số của phần mềm\"; kỳ đã chốt thì thành một lần đính chính."
                ),
                false => format!(
                    "số nhập tay là {told}, phần mềm đếm được {now}; số nhập tay được giữ. Muốn lấy số của phần mềm thì xóa số nhập tay rồi bấm \"Lấy số của phần mềm\"."
                ),
            }
        }
        Case::PercentForPoints { change, points } => {
            let truth = points.map_or_else(String::new, |points| {
                format!(" Tính ra là {} điểm %.", points_vi(points))
            });
            format!(
                "ghi một tỷ lệ tăng, giảm {}%; hiệu của hai tỷ lệ phải nói bằng điểm %.{truth}",
                stated_vi(*change)
            )
        }
    }
}
