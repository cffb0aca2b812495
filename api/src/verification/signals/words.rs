//! What a signal says, in Vietnamese: to a lead as something to ask about, to its author as a question.

use super::act::Evidence;
use super::catalogue::Rule;

/// For who answers for the place.
pub fn for_lead(rule: Rule, evidence: &Evidence) -> String {
    let seen = seen(rule, evidence);
    format!("{seen} Đây là dấu hiệu để hỏi lại, không phải kết luận.")
}

/// For who did the work.
pub fn for_author(rule: Rule, evidence: &Evidence) -> String {
    let seen = seen(rule, evidence);
    format!(
        "{seen} Nếu có lý do (ghi bù từ giấy, điểm đông người, mượn máy…), bạn ghi lại vài dòng để trưởng nhóm hiểu đúng. Đây không phải kết luận sai phạm, và số liệu của bạn chưa thay đổi."
    )
}

fn seen(rule: Rule, evidence: &Evidence) -> String {
    let n = |name: &str| evidence.get(name).copied().unwrap_or_default();
    match rule {
        Rule::IdenticalSeconds => format!(
            "Có lúc {} công dân khác nhau được lưu trong cùng một giây; trong ngày có {} giây có từ hai người trở lên (ngưỡng {} người).",
            n("persons"),
            n("seconds"),
            n("threshold")
        ),
        Rule::SharedPhone => format!(
            "Một số điện thoại được ghi cho {} công dân, ở {} thôn (ngưỡng {} người).",
            n("persons"),
            n("villages"),
            n("threshold")
        ),
        Rule::SequentialNumbers => format!(
            "{} công dân cùng năm sinh, cùng giới tính có bốn số cuối của số định danh liền nhau; dãy dài nhất {} người (ngưỡng {}).",
            n("persons"),
            n("run"),
            n("threshold")
        ),
        Rule::ImpossibleRate => format!(
            "Có lúc {} công dân trong {} phút; cả ngày {} công dân (ngưỡng: {} giây một người, {} người một ngày).",
            n("most"),
            n("window_min"),
            n("persons"),
            n("gap_s"),
            n("day_max")
        ),
        Rule::UnlikeTeam => format!(
            "{} công dân trong ngày, cách nhau trung bình {} giây; một ngày thường của đội là {} (z = {},{} trên {} ngày công).",
            n("persons"),
            n("gap_s"),
            n("median"),
            n("z_tenths") / 10,
            n("z_tenths") % 10,
            n("team_days")
        ),
        Rule::RegularGaps => format!(
            "{} công dân được lưu cách nhau gần như đúng {} giây, ít nhất {} lần liên tiếp.",
            n("persons"),
            n("gap_s"),
            n("gaps")
        ),
        Rule::DeviceManyAuthors => format!(
            "{} tài khoản cùng ghi trên một máy trong ngày (ngưỡng {}).",
            n("authors"),
            n("threshold")
        ),
        Rule::AuthorManyDevices => format!(
            "Một tài khoản ghi trên {} máy trong ngày (ngưỡng {}).",
            n("devices"),
            n("threshold")
        ),
        Rule::UntrustedBurst => format!(
            "Bản ghi về {} công dân tới trong một ngày mà không rõ giờ ghi (ngưỡng {}).",
            n("persons"),
            n("threshold")
        ),
        Rule::HelperDevice => format!(
            "{} lượt trong ngày trên máy của người giúp (ngưỡng {}); các lượt này không được tính.",
            n("acts"),
            n("threshold")
        ),
        Rule::CoverageHigh => format!(
            "Thôn đạt {} % chỉ tiêu ({} trên {} người; ngưỡng {} %); trung vị của {} thôn cùng loại là {} %.",
            n("percent"),
            n("counted"),
            n("people"),
            n("threshold"),
            n("similar"),
            n("median")
        ),
        Rule::AnonymousShare => format!(
            "{} trên {} lượt trong tuần không ghi ai ({} %, ngưỡng {} %).",
            n("part"),
            n("records"),
            n("percent"),
            n("threshold")
        ),
        Rule::UnnumberedShare => format!(
            "{} trên {} bản ghi trong tuần là về người không có số định danh ({} %, ngưỡng {} %).",
            n("part"),
            n("records"),
            n("percent"),
            n("threshold")
        ),
        Rule::LateVoids => format!(
            "{} bản ghi của các tuần đã chốt bảng bị hủy trong một tuần (ngưỡng {}).",
            n("acts"),
            n("threshold")
        ),
        Rule::RoundCounts => format!(
            "{} trên {} số của các buổi tuyên truyền trong tháng tận cùng là 0 hoặc 5 ({} %, ngưỡng {} %).",
            n("round"),
            n("counts"),
            n("percent"),
            n("threshold")
        ),
        Rule::CrowdHigh => format!(
            "{} buổi tuyên truyền trong ngày: nhiều nhất {} người dự, {} tờ rơi; thôn có {} người thuộc chỉ tiêu (ngưỡng {} %).",
            n("activities"),
            n("attended"),
            n("leaflets"),
            n("people"),
            n("threshold")
        ),
        Rule::VoidRate => format!(
            "{} trên {} bản ghi trong tuần đã bị hủy ({} %, ngưỡng {} %).",
            n("part"),
            n("records"),
            n("percent"),
            n("threshold")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::act::numbers;
    use super::super::catalogue::CATALOGUE;
    use super::*;

    #[test]
    fn a_signal_tells_its_numbers_and_accuses_nobody() {
        let evidence = numbers(&[("persons", 5), ("seconds", 2), ("threshold", 3)]);
        let lead = for_lead(Rule::IdenticalSeconds, &evidence);
        assert!(lead.starts_with("Có lúc 5 công dân khác nhau"), "{lead}");
        for entry in CATALOGUE {
            for words in [
                for_lead(entry.rule, &evidence),
                for_author(entry.rule, &evidence),
            ] {
                let words = words.to_lowercase();
                for accusing in ["gian", "giả", "bịa", "khống", "vi phạm"] {
                    assert!(!words.contains(accusing), "{words}");
                }
                assert!(words.contains("không phải kết luận"), "{words}");
            }
        }
    }
}
