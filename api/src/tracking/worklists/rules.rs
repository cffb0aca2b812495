//! On which lists somebody stands, and what is to be done next. No database, no clock.

use std::cmp::Reverse;

use chrono::{Days, NaiveDate};

/// Days within which level 2 is activated after its approval; then only the hotline helps.
const ACTIVATION_DAYS: u64 = 7;
const HOTLINE: &str = "1900.0368";

/// A list of what is left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worklist {
    NotContacted,
    NotInstalled,
    NotActivated,
    NeedsLevel2,
    AwaitingApproval,
    Approved,
    Promised,
    NoSmartphone,
    Born2004,
    Born2008,
    Officials,
    Members,
}

impl Worklist {
    pub const ALL: [Self; 12] = [
        Self::NotContacted,
        Self::NotInstalled,
        Self::NotActivated,
        Self::NeedsLevel2,
        Self::AwaitingApproval,
        Self::Approved,
        Self::Promised,
        Self::NoSmartphone,
        Self::Born2004,
        Self::Born2008,
        Self::Officials,
        Self::Members,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotContacted => "not_contacted",
            Self::NotInstalled => "not_installed",
            Self::NotActivated => "not_activated",
            Self::NeedsLevel2 => "needs_level2",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Approved => "approved",
            Self::Promised => "promised",
            Self::NoSmartphone => "no_smartphone",
            Self::Born2004 => "born_2004",
            Self::Born2008 => "born_2008",
            Self::Officials => "officials",
            Self::Members => "members",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::NotContacted => "Chưa gặp",
            Self::NotInstalled => "Đã gặp, chưa cài VNeID",
            Self::NotActivated => "Đã cài, chưa kích hoạt",
            Self::NeedsLevel2 => "Đã kích hoạt mức 1, cần làm mức 2",
            Self::AwaitingApproval => "Đã thu nhận mức 2, chờ phê duyệt",
            Self::Approved => "Đã phê duyệt, chờ kích hoạt mức 2",
            Self::Promised => "Đã hẹn đến lại",
            Self::NoSmartphone => "Chưa có điện thoại thông minh",
            Self::Born2004 => "Sinh năm 2004",
            Self::Born2008 => "Sinh năm 2008",
            Self::Officials => "Cán bộ, công chức, viên chức",
            Self::Members => "Đoàn viên, hội viên",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.as_str() == word)
    }

    /// Who may be on it, by what was recorded alone. Nobody else need be looked at to say who is.
    pub fn reached(self) -> Reached {
        match self {
            Self::NotContacted | Self::NotInstalled => Reached::Nothing,
            Self::NotActivated => Reached::Installed,
            Self::NeedsLevel2 => Reached::Level1,
            Self::AwaitingApproval => Reached::Collected,
            Self::Approved => Reached::Approved,
            Self::Promised
            | Self::NoSmartphone
            | Self::Born2004
            | Self::Born2008
            | Self::Officials
            | Self::Members => Reached::Unfinished,
        }
    }

    /// Whether a clock runs: such a list begins with what is due first, others with who lives where and is
    /// called how.
    pub fn is_by_day(self) -> bool {
        matches!(
            self,
            Self::AwaitingApproval | Self::Approved | Self::Promised
        )
    }
}

/// How far people are who are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Anything.
    Anybody,
    /// Anything but the end: level 2 is not activated.
    Unfinished,
    /// Nothing was recorded of them.
    Nothing,
    /// Installed, and level 1 not activated.
    Installed,
    /// Level 1 activated, and nothing of level 2 begun.
    Level1,
    /// Level 2 collected, and not approved.
    Collected,
    /// Level 2 approved, and not activated.
    Approved,
}

impl Reached {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Unfinished => "unfinished",
            Self::Nothing => "nothing",
            Self::Installed => "installed",
            Self::Level1 => "level1",
            Self::Collected => "collected",
            Self::Approved => "approved",
        }
    }
}

/// The last visit to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastVisit {
    pub outcome: String,
    pub on: NaiveDate,
    pub promised_on: Option<NaiveDate>,
}

/// How far somebody is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Nobody has met them: a list names them.
    pub is_only_listed: bool,
    pub installed: bool,
    pub level1: bool,
    pub collected_on: Option<NaiveDate>,
    pub approved_on: Option<NaiveDate>,
    pub activated: bool,
    pub last_visit: Option<LastVisit>,
    /// By the last visit that tells, else by the newest list.
    pub smartphone: Option<bool>,
    pub groups: Vec<String>,
    pub birth_year: Option<i16>,
}

impl Standing {
    fn outcome(&self) -> Option<&str> {
        self.last_visit.as_ref().map(|visit| visit.outcome.as_str())
    }

    fn promised_on(&self) -> Option<NaiveDate> {
        self.last_visit.as_ref()?.promised_on
    }

    /// What was recorded, step by step.
    pub fn stages(&self) -> Vec<&'static str> {
        [
            ("installed", self.installed),
            ("level1_activated", self.level1),
            ("level2_collected", self.collected_on.is_some()),
            ("level2_approved", self.approved_on.is_some()),
            ("level2_activated", self.activated),
        ]
        .into_iter()
        .filter_map(|(stage, reached)| reached.then_some(stage))
        .collect()
    }

    fn lacks_smartphone(&self) -> bool {
        self.smartphone == Some(false) && !self.installed && !self.level1
    }

    /// Nobody has spoken with them: whoever went there found nobody.
    fn is_unmet(&self) -> bool {
        self.is_only_listed && matches!(self.outcome(), None | Some("away"))
    }

    /// Whether this list has them. Whoever has activated level 2 is on none, everybody else on at least one: a
    /// phone carries nobody who is on no list.
    pub fn is_on(&self, list: Worklist) -> bool {
        let in_group = |groups: &[&str]| {
            self.groups
                .iter()
                .any(|group| groups.contains(&group.as_str()))
        };
        !self.activated
            && match list {
                Worklist::NotContacted => self.stages().is_empty() && self.is_unmet(),
                Worklist::NotInstalled => self.stages().is_empty() && !self.is_unmet(),
                Worklist::NotActivated => self.installed && !self.level1,
                Worklist::NeedsLevel2 => {
                    self.level1 && self.collected_on.is_none() && self.approved_on.is_none()
                }
                Worklist::AwaitingApproval => {
                    self.collected_on.is_some() && self.approved_on.is_none()
                }
                Worklist::Approved => self.approved_on.is_some(),
                Worklist::Promised => self.promised_on().is_some(),
                Worklist::NoSmartphone => self.lacks_smartphone(),
                Worklist::Born2004 => self.birth_year == Some(2004),
                Worklist::Born2008 => self.birth_year == Some(2008),
                Worklist::Officials => in_group(&["official"]),
                Worklist::Members => in_group(&["youth_member", "women_member"]),
            }
    }

    /// What is to be done next.
    pub fn next_step(&self, today: NaiveDate) -> Step {
        if let Some(approved_on) = self.approved_on.filter(|_| !self.activated) {
            return activate(approved_on, today);
        }
        let step = |step, text: String, due_on| Step { step, text, due_on };
        if let Some(day) = self.promised_on() {
            let text = if day < today {
                format!("Đã quá hẹn ngày {}: đến ngay, hoặc hẹn lại.", date(day))
            } else {
                format!("Đã hẹn: đến lại ngày {}.", date(day))
            };
            return step("visit", text, Some(day));
        }
        if let Some(day) = self.collected_on {
            let text = format!(
                "Đã thu nhận hồ sơ ngày {}: chờ tin nhắn phê duyệt; khi có, ghi ngay để tính bảy ngày.",
                date(day)
            );
            return step("await_approval", text, None);
        }
        let simple = |word, text: &str| step(word, text.to_owned(), None);
        match self.outcome() {
            Some("over_seven_days") => simple(
                "call_hotline",
                &format!(
                    "Đã quá bảy ngày: gọi tổng đài {HOTLINE} để được kích hoạt, không thử lại trên máy."
                ),
            ),
            _ if self.lacks_smartphone() => simple(
                "borrow_phone",
                "Chưa có điện thoại thông minh: hỏi máy của người nhà, và đặt hẹn thu nhận mức 2.",
            ),
            _ if self.level1 => simple(
                "book_level2",
                "Đã kích hoạt mức 1: đặt hẹn thu nhận hồ sơ mức 2.",
            ),
            Some("otp_not_received") => simple(
                "activate_level1",
                "Lần trước không nhận được mã OTP: kiểm tra SIM chính chủ rồi kích hoạt lại.",
            ),
            Some("sim_not_own") => simple(
                "visit",
                "SIM không chính chủ: hướng dẫn đăng ký lại SIM, rồi kích hoạt.",
            ),
            Some("no_signal") => simple("visit", "Lần trước không có sóng: hẹn ở nơi có sóng."),
            _ if self.installed => simple(
                "activate_level1",
                "Đã cài VNeID: giúp kích hoạt mức 1, hoặc đặt hẹn mức 2.",
            ),
            Some("away") => simple("visit", "Lần trước đi vắng: đến lại."),
            Some("declined") => simple("visit", "Lần trước từ chối: chỉ đến lại khi họ muốn."),
            Some(_) => simple("visit", "Đã gặp: đến giúp bước tiếp theo."),
            None if self.is_only_listed => simple(
                "visit",
                "Chưa gặp: đến nhà, xin đồng ý, rồi giúp cài VNeID.",
            ),
            None => simple("visit", "Đến giúp cài VNeID và kích hoạt."),
        }
    }
}

/// What is to be done, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub step: &'static str,
    pub text: String,
    pub due_on: Option<NaiveDate>,
}

impl Step {
    /// Days until it is due: 0 is the last one.
    pub fn days_left(&self, today: NaiveDate) -> Option<i32> {
        let left = (self.due_on? - today).num_days();
        i32::try_from(left).ok()
    }
}

/// The day of the approval is not counted: approved on the first, the eighth is the last day.
fn activate(approved_on: NaiveDate, today: NaiveDate) -> Step {
    let last = approved_on + Days::new(ACTIVATION_DAYS);
    let left = (last - today).num_days();
    let (step, text) = match left {
        1.. => (
            "activate_level2",
            format!(
                "Kích hoạt mức 2 trên máy của họ: còn {left:02} ngày, chậm nhất {}.",
                date(last)
            ),
        ),
        0 => (
            "activate_level2",
            "Hôm nay là ngày cuối để kích hoạt mức 2: đến ngay.".to_owned(),
        ),
        _ => (
            "call_hotline",
            format!(
                "Đã quá bảy ngày từ khi phê duyệt: gọi tổng đài {HOTLINE} để được kích hoạt, không thử lại trên máy."
            ),
        ),
    };
    Step {
        step,
        text,
        due_on: Some(last),
    }
}

fn date(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// Where somebody stands among those who are due together: by village, in the order of its list, and by the key of the
/// name.
pub type Place = (usize, Vec<u8>);

/// What a list is sorted by: what is due, or who waits longest; then place. Nothing due comes last.
pub fn order(
    list: Worklist,
    standing: &Standing,
    today: NaiveDate,
    place: Place,
) -> (Reverse<Option<Reverse<NaiveDate>>>, Place) {
    let day = match list {
        Worklist::AwaitingApproval => standing.collected_on,
        _ if list.is_by_day() => standing.next_step(today).due_on,
        _ => None,
    };
    (Reverse(day.map(Reverse)), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_seven_days_are_local_days_and_after_them_only_the_hotline_helps() {
        let approved = Standing {
            approved_on: Some(day("2026-12-01")),
            ..Standing::default()
        };
        for (today, left, step, words) in [
            (
                "2026-12-01",
                7,
                "activate_level2",
                "còn 07 ngày, chậm nhất 08/12/2026",
            ),
            ("2026-12-07", 1, "activate_level2", "còn 01 ngày"),
            ("2026-12-08", 0, "activate_level2", "ngày cuối"),
            ("2026-12-09", -1, "call_hotline", "1900.0368"),
        ] {
            let next = approved.next_step(day(today));
            assert_eq!(
                (next.step, next.days_left(day(today))),
                (step, Some(left)),
                "{today}"
            );
            assert!(next.text.contains(words), "{}", next.text);
        }
    }

    fn visit(outcome: &str) -> LastVisit {
        LastVisit {
            outcome: outcome.to_owned(),
            on: day("2026-12-01"),
            promised_on: None,
        }
    }

    fn lists(standing: &Standing) -> Vec<Worklist> {
        let all = Worklist::ALL.into_iter();
        all.filter(|list| standing.is_on(*list)).collect()
    }

    #[test]
    fn everybody_unfinished_is_on_a_list_of_how_far_they_are_and_nobody_finished_on_any() {
        use Worklist::{
            Approved, AwaitingApproval, NeedsLevel2, NotActivated, NotContacted, NotInstalled,
        };
        let outcomes = [
            "done",
            "no_smartphone",
            "sim_not_own",
            "no_signal",
            "otp_not_received",
            "away",
            "declined",
            "over_seven_days",
            "other",
        ];
        let visits = [None].into_iter().chain(outcomes.map(Some));
        let visits: Vec<Option<LastVisit>> = visits.map(|outcome| outcome.map(visit)).collect();
        let mut seen = 0;
        for bits in 0..128_u8 {
            let has = |bit: u8| bits & (1 << bit) != 0;
            for (last_visit, smartphone) in visits
                .iter()
                .flat_map(|visit| [None, Some(true), Some(false)].map(|has| (visit, has)))
            {
                let standing = Standing {
                    is_only_listed: has(0),
                    installed: has(1),
                    level1: has(2),
                    collected_on: has(3).then(|| day("2026-11-20")),
                    approved_on: has(4).then(|| day("2026-11-25")),
                    activated: has(5),
                    birth_year: has(6).then_some(2004),
                    last_visit: last_visit.clone(),
                    smartphone,
                    groups: Vec::new(),
                };
                let mut far = lists(&standing);
                if standing.activated {
                    assert!(far.is_empty(), "{standing:?}");
                }
                far.retain(|list| {
                    matches!(
                        list,
                        NotContacted
                            | NotInstalled
                            | NotActivated
                            | NeedsLevel2
                            | AwaitingApproval
                            | Approved
                    )
                });
                assert_ne!(far.is_empty(), !standing.activated, "{standing:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 128 * 10 * 3);
    }

    #[test]
    fn each_step_leads_to_the_next_list_and_the_last_to_none() {
        use Worklist::{
            Approved, AwaitingApproval, NeedsLevel2, NotActivated, NotContacted, NotInstalled,
        };
        let mut standing = Standing {
            is_only_listed: true,
            ..Standing::default()
        };
        assert_eq!(lists(&standing), [NotContacted]);
        standing.last_visit = Some(visit("away"));
        assert_eq!(lists(&standing), [NotContacted], "nobody was met");
        standing.last_visit = Some(visit("declined"));
        assert_eq!(lists(&standing), [NotInstalled]);
        (standing.is_only_listed, standing.installed) = (false, true);
        assert_eq!(lists(&standing), [NotActivated]);
        standing.level1 = true;
        assert_eq!(lists(&standing), [NeedsLevel2]);
        standing.last_visit = None;
        assert_eq!(standing.next_step(day("2026-12-01")).step, "book_level2");
        standing.collected_on = Some(day("2026-12-01"));
        assert_eq!(lists(&standing), [AwaitingApproval]);
        standing.approved_on = Some(day("2026-12-03"));
        assert_eq!(lists(&standing), [Approved]);
        standing.activated = true;
        standing.birth_year = Some(2008);
        assert!(lists(&standing).is_empty());
    }

    #[test]
    fn a_promise_holds_until_the_next_visit_and_no_smartphone_until_there_is_one() {
        let visited = |outcome: &str, promised_on| Standing {
            smartphone: Some(false),
            last_visit: Some(LastVisit {
                promised_on,
                ..visit(outcome)
            }),
            ..Standing::default()
        };
        let promised = visited("away", Some(day("2026-12-05")));
        assert!(promised.is_on(Worklist::Promised) && promised.is_on(Worklist::NoSmartphone));
        assert_eq!(
            promised.next_step(day("2026-12-02")).due_on,
            Some(day("2026-12-05"))
        );
        assert!(
            promised
                .next_step(day("2026-12-06"))
                .text
                .contains("quá hẹn")
        );
        assert!(!visited("away", None).is_on(Worklist::Promised));
        let mut without = visited("no_smartphone", None);
        assert!(without.is_on(Worklist::NoSmartphone));
        without.installed = true;
        assert!(!without.is_on(Worklist::NoSmartphone));
    }

    #[test]
    fn what_is_due_first_comes_first_and_what_is_not_due_last() {
        let of = |promised: Option<&str>, village| {
            let standing = Standing {
                last_visit: Some(LastVisit {
                    promised_on: promised.map(day),
                    ..visit("away")
                }),
                ..Standing::default()
            };
            let place = (village, Vec::new());
            order(Worklist::Promised, &standing, day("2026-12-01"), place)
        };
        let mut all = vec![
            of(None, 0),
            of(Some("2026-12-05"), 0),
            of(Some("2026-12-01"), 1),
        ];
        all.sort();
        assert_eq!(
            all,
            [
                of(Some("2026-12-01"), 1),
                of(Some("2026-12-05"), 0),
                of(None, 0)
            ]
        );
    }
}
