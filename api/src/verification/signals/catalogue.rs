//! What is looked for, how much of it is too much, and why that much: data with defaults, which an
//! administrator of the province may change.

use std::collections::BTreeMap;

/// How loudly a signal speaks. None is a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a question.
    Flag,
    /// Worth a question today.
    High,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Flag => "flag",
            Self::High => "high",
        }
    }
}

/// A threshold: what it bounds, how far it may be moved, and why it stands where it does.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    pub name: &'static str,
    pub default: i64,
    pub min: i64,
    pub max: i64,
    /// What it means and why, in Vietnamese.
    pub reason: &'static str,
}

/// Everything about one rule that is not arithmetic.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub rule: Rule,
    pub id: &'static str,
    pub severity: Severity,
    /// In Vietnamese.
    pub title: &'static str,
    pub parameters: &'static [Parameter],
}

macro_rules! catalogue {
    ($($rule:ident = $id:literal, $severity:ident, $title:literal {
        $($name:literal = $default:literal in $min:literal..=$max:literal, $reason:literal;)+
    })+) => {
        /// What is looked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $($rule),+ }

        /// Every rule.
        pub const CATALOGUE: &[Entry] = &[$(Entry {
            rule: Rule::$rule,
            id: $id,
            severity: Severity::$severity,
            title: $title,
            parameters: &[$(Parameter {
                name: $name, default: $default, min: $min, max: $max, reason: $reason,
            }),+],
        }),+];
    };
}

catalogue! {
    IdenticalSeconds = "identical_seconds", High, "Nhiều công dân trong cùng một giây" {
        "persons" = 3 in 2..=100, "Số công dân khác nhau được lưu trong cùng một giây. Mỗi lần lưu cần ít nhất vài giây thao tác, nên từ 3 người trở lên không thể là ghi tại chỗ.";
        "pairs" = 3 in 1..=100, "Hoặc số giây trong ngày có từ hai người trở lên: một lần có thể do máy treo rồi lưu dồn, ba lần thì nên hỏi.";
    }
    SharedPhone = "shared_phone", Flag, "Một số điện thoại cho nhiều công dân" {
        "citizens" = 6 in 1..=100, "Nhiều hơn chừng này công dân cùng một số. Gia đình ba thế hệ dùng chung một máy là chuyện thường: 6 người là một hộ lớn.";
        "villages" = 2 in 1..=20, "Một số xuất hiện ở nhiều hơn chừng này thôn. Họ hàng ở thôn bên là thường, ba thôn thì nên hỏi.";
    }
    SequentialNumbers = "sequential_numbers", High, "Số định danh liên tiếp" {
        "run" = 4 in 3..=100, "Số người cùng năm sinh, cùng giới tính có bốn số cuối liền nhau do một người ghi trong ngày. Bốn số cuối của người thật gần như ngẫu nhiên: với 20 người cùng nhóm, một dãy 4 số chỉ gặp khoảng một phần triệu ngày.";
        "step" = 2 in 1..=9, "Hai số cách nhau không quá chừng này vẫn là liền nhau.";
    }
    ImpossibleRate = "impossible_rate", High, "Nhanh hơn sức người" {
        "gap_s" = 90 in 10..=600, "Trung bình dưới chừng này giây một công dân. Cài đặt và kích hoạt một tài khoản cần vài phút, có mã OTP.";
        "window_min" = 20 in 5..=240, "Xét trong từng khoảng phút này: vài lần lưu dồn không sao, giữ nhịp suốt 20 phút thì không thể.";
        "hour_gap_s" = 150 in 10..=1200, "Hoặc trung bình dưới chừng này giây một công dân suốt một giờ: 20 phút có thể là gấp, cả giờ thì không ai giữ được.";
        "day_max" = 60 in 10..=1000, "Nhiều hơn chừng này công dân một ngày mà dồn dập: 8 giờ, 8 phút một người, không nghỉ, là 60.";
        "steady_gap_s" = 240 in 30..=1800, "Ngày quá số trên chỉ bị hỏi khi khoảng giữa hai công dân ngắn hơn chừng này: tổ lưu động làm đều tay cả ngày không phải dấu hiệu.";
        "day_most" = 120 in 20..=2000, "Nhiều hơn chừng này thì hỏi dù đều tay: 16 giờ, 8 phút một người.";
    }
    UnlikeTeam = "unlike_team", Flag, "Khác xa cả đội và quá dồn dập" {
        "z_tenths" = 40 in 20..=200, "Điểm z bền vững (theo trung vị và MAD) so với các ngày của chính đội mình, tính bằng phần mười. 4,0 hầu như không gặp do tình cờ.";
        "team_days" = 20 in 5..=500, "Cần ít nhất chừng này ngày công của đội mới so được.";
        "steady_gap_s" = 180 in 30..=1800, "Chỉ xét khi khoảng giữa hai công dân ngắn hơn chừng này: ngày nhiều việc nhưng đều tay không phải dấu hiệu.";
    }
    RegularGaps = "regular_gaps", Flag, "Khoảng cách giữa các lần lưu đều tăm tắp" {
        "gaps" = 10 in 5..=100, "Số khoảng cách liên tiếp gần như bằng nhau. Người thật lúc nhanh lúc chậm.";
        "spread_s" = 3 in 0..=60, "Chênh nhau không quá chừng này giây thì coi là bằng nhau.";
        "spread_percent" = 5 in 0..=50, "Hoặc không quá chừng này phần trăm của khoảng cách ở giữa.";
    }
    DeviceManyAuthors = "device_many_authors", Flag, "Một máy nhiều người ghi" {
        "authors" = 3 in 1..=50, "Nhiều hơn chừng này tài khoản ghi trên một máy trong ngày. Mượn máy khi hết pin là thường.";
    }
    AuthorManyDevices = "author_many_devices", Info, "Một người ghi trên nhiều máy" {
        "devices" = 2 in 1..=50, "Nhiều hơn chừng này máy trong ngày của một tài khoản.";
    }
    UntrustedBurst = "untrusted_burst", High, "Gửi dồn nhiều bản ghi không rõ giờ" {
        "persons" = 50 in 5..=1000, "Bản ghi về nhiều hơn chừng này công dân tới trong một ngày mà đồng hồ máy không đối chiếu được. Vùng không sóng gửi dồn là thường; máy vẫn nhớ giờ đã đối chiếu.";
    }
    HelperDevice = "helper_device", Info, "Nhiều tài khoản trên máy của người giúp" {
        "acts" = 2 in 1..=100, "Nhiều hơn chừng này lượt trong ngày trên máy của người giúp. Các lượt này không được tính; công dân cần tài khoản trên máy của mình.";
        "percent" = 10 in 0..=100, "Và quá chừng này phần trăm lượt của ngày: ngày đông người thì vài lượt là thường.";
    }
    CoverageHigh = "coverage_high", Flag, "Thôn vượt xa chỉ tiêu hoặc các thôn tương tự" {
        "percent" = 105 in 50..=1000, "Quá chừng này phần trăm chỉ tiêu: có thể chỉ tiêu sai, hoặc ghi cả người thôn khác.";
        "mad_tenths" = 30 in 10..=200, "Hoặc cao hơn trung vị các thôn cùng loại chừng này lần MAD (phần mười).";
        "similar" = 8 in 3..=200, "Cần ít nhất chừng này thôn cùng loại mới so được.";
    }
    AnonymousShare = "anonymous_share", Info, "Nhiều lượt ẩn danh" {
        "percent" = 20 in 1..=100, "Quá chừng này phần trăm lượt trong tuần không có người được ghi tên. Không ai kiểm chứng được các lượt này.";
        "records" = 20 in 5..=1000, "Cần ít nhất chừng này lượt trong tuần mới tính tỷ lệ.";
    }
    UnnumberedShare = "unnumbered_share", Flag, "Nhiều người không có số định danh" {
        "percent" = 30 in 1..=100, "Quá chừng này phần trăm bản ghi trong tuần là về người không có số định danh. Trẻ nhỏ và người chưa từng làm giấy tờ là thường; nhiều quá thì không ai đối chiếu được.";
        "records" = 20 in 5..=1000, "Cần ít nhất chừng này bản ghi trong tuần mới tính tỷ lệ.";
    }
    VoidRate = "void_rate", Flag, "Hủy nhiều bản ghi" {
        "percent" = 10 in 1..=100, "Quá chừng này phần trăm bản ghi trong tuần bị hủy.";
        "records" = 20 in 5..=1000, "Cần ít nhất chừng này bản ghi trong tuần mới tính tỷ lệ.";
    }
    LateVoids = "late_voids", Flag, "Hủy bản ghi sau khi bảng tuần đã chốt" {
        "acts" = 3 in 0..=1000, "Nhiều hơn chừng này bản ghi của các tuần đã chốt bị hủy trong một tuần. Phát hiện nhầm muộn một vài bản ghi là thường; hủy hàng loạt sau khi đã xếp hạng thì nên hỏi.";
        "days" = 3 in 0..=31, "Bảng tuần chốt sau chừng này ngày trọn kể từ chủ nhật.";
    }
    RoundCounts = "round_counts", Flag, "Số của các buổi tuyên truyền gần như toàn tròn" {
        "percent" = 90 in 50..=99, "Quá chừng này phần trăm số người dự, tờ rơi, người được giúp trong tháng tận cùng là 0 hoặc 5. Đếm thật thì cứ năm số mới có một; người hay ước lượng cũng hiếm khi quá 90.";
        "counts" = 12 in 5..=500, "Cần ít nhất chừng này số trong tháng mới tính tỷ lệ.";
        "least" = 11 in 0..=100, "Chỉ xét từ số này: số nhỏ tròn là do tình cờ.";
        "most" = 200 in 20..=10000, "Và đến số này: đông hơn thì ai cũng ước lượng.";
    }
    CrowdHigh = "crowd_high", Flag, "Buổi tuyên truyền đông hơn cả thôn, hoặc phát tờ rơi cả bó" {
        "percent" = 150 in 50..=2000, "Số người dự quá chừng này phần trăm số người thuộc chỉ tiêu của thôn: trẻ em và người thôn bên có thể đến, gấp rưỡi cả thôn thì nên hỏi.";
        "leaflets" = 200 in 10..=10000, "Nhiều hơn chừng này tờ rơi một buổi thì xét số tờ mỗi người.";
        "leaflets_each" = 5 in 1..=100, "Và nhiều hơn chừng này tờ cho mỗi người dự.";
    }
}

impl Rule {
    pub fn entry(self) -> &'static Entry {
        &CATALOGUE[self as usize]
    }

    pub fn parse(id: &str) -> Option<Self> {
        let entry = CATALOGUE.iter().find(|entry| entry.id == id)?;
        Some(entry.rule)
    }

    pub fn parameter(self, name: &str) -> Option<&'static Parameter> {
        let mut parameters = self.entry().parameters.iter();
        parameters.find(|parameter| parameter.name == name)
    }
}

/// The thresholds that hold: the defaults, less what somebody has changed.
#[derive(Debug, Clone, Default)]
pub struct Thresholds(BTreeMap<(Rule, &'static str), i64>);

impl Thresholds {
    /// What nobody knows any more, or lies beyond its bounds, is left out.
    pub fn changed(rows: impl IntoIterator<Item = (String, String, i64)>) -> Self {
        let known = rows.into_iter().filter_map(|(rule, name, value)| {
            let rule = Rule::parse(&rule)?;
            let parameter = rule.parameter(&name)?;
            let fits = (parameter.min..=parameter.max).contains(&value);
            fits.then_some(((rule, parameter.name), value))
        });
        Self(known.collect())
    }

    /// # Panics
    /// For a name that stands in no row of the catalogue.
    pub fn of(&self, rule: Rule, name: &str) -> i64 {
        let parameter = rule.parameter(name).expect("a name of the catalogue");
        let changed = self.0.get(&(rule, parameter.name));
        changed.copied().unwrap_or(parameter.default)
    }

    /// The same as a size.
    pub fn count(&self, rule: Rule, name: &str) -> usize {
        usize::try_from(self.of(rule, name)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_finds_its_own_row_and_every_default_fits_its_bounds() {
        for entry in CATALOGUE {
            assert_eq!(entry.rule.entry().id, entry.id);
            assert_eq!(Rule::parse(entry.id), Some(entry.rule));
            for parameter in entry.parameters {
                assert!((parameter.min..=parameter.max).contains(&parameter.default));
                assert!(parameter.reason.ends_with('.'), "{}", parameter.reason);
            }
        }
    }

    #[test]
    fn a_change_beyond_its_bounds_or_of_nothing_known_is_no_change() {
        let rule = Rule::IdenticalSeconds;
        let row = |rule: &str, name: &str, value| (rule.to_owned(), name.to_owned(), value);
        let thresholds = Thresholds::changed([
            row("identical_seconds", "persons", 5),
            row("shared_phone", "citizens", 1_000),
            row("night_hours", "hour", 22),
        ]);
        assert_eq!(thresholds.of(rule, "persons"), 5);
        assert_eq!(thresholds.of(Rule::SharedPhone, "citizens"), 6);
    }
}
