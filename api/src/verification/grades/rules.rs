//! What letter what is known comes to, and why. No database, no clock.

use mobile_contracts::grade::Grade;
use mobile_contracts::ids::UnitId;

/// Citizens who must have answered before there is a letter.
pub const ANSWERED_MIN: u32 = 15;
/// A: so many of a hundred confirmed…
pub const SHARE_A: f64 = 0.95;
/// …and surely more than so many.
pub const SURELY_A: f64 = 0.80;
pub const SHARE_B: f64 = 0.85;
pub const SURELY_B: f64 = 0.65;
/// More records about nobody than this, in a hundred: nobody can check them, and the letter is C.
pub const ANONYMOUS_PERCENT_MAX: i64 = 20;
/// More communes than this, in a hundred, in which counts of outreach are all but always round and nobody has explained
/// it: they were not counted, and the letter is C.
pub const ROUNDED_PERCENT_MAX: u32 = 20;
/// The normal deviate of a 95 % interval.
const Z: f64 = 1.959_964;

/// What is known of a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    pub confirmed: u32,
    pub failures: u32,
    pub lots_in_doubt: u32,
    /// Communes in it, and those of round counts.
    pub communes: u32,
    pub rounded: u32,
    pub records: i64,
    pub anonymous: i64,
}

impl Evidence {
    pub fn add(&mut self, other: &Self) {
        self.confirmed += other.confirmed;
        self.failures += other.failures;
        self.lots_in_doubt += other.lots_in_doubt;
        self.rounded += other.rounded;
    }
}

/// The 95 % interval of a share by Wilson's score, which stays within 0 and 1 and is honest about few.
pub fn wilson(part: u32, whole: u32) -> Option<(f64, f64)> {
    if whole == 0 {
        return None;
    }
    let (n, p) = (f64::from(whole), f64::from(part) / f64::from(whole));
    let middle = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some((
        ((middle - spread) / scale).max(0.0),
        ((middle + spread) / scale).min(1.0),
    ))
}

/// The letter of a unit, and why.
pub fn grade(unit_id: UnitId, evidence: &Evidence) -> Grade {
    let answered = evidence.confirmed + evidence.failures;
    let interval = wilson(evidence.confirmed, answered);
    let share = (answered > 0).then(|| f64::from(evidence.confirmed) / f64::from(answered));
    let in_percent = |share: f64| {
        let tenths = (share * 1_000.0).round() as i64;
        format!("{},{} %", tenths / 10, tenths % 10)
    };
    let told = share.zip(interval).map(|(share, (from, to))| {
        format!(
            "{} trên {answered} công dân được hỏi xác nhận đúng ({}; khoảng tin cậy 95 %: {} đến {}).",
            evidence.confirmed,
            in_percent(share),
            in_percent(from),
            in_percent(to)
        )
    });
    let told = told.unwrap_or_else(|| "Chưa có công dân nào được hỏi.".to_owned());
    let all = evidence.records + evidence.anonymous;
    let many_anonymous = evidence.anonymous * 100 > all * ANONYMOUS_PERCENT_MAX;
    let many_rounded = evidence.rounded * 100 > evidence.communes * ROUNDED_PERCENT_MAX;
    let (letter, why) = match (share, interval) {
        _ if evidence.lots_in_doubt > 0 => (
            "C",
            format!(
                "{} lô kiểm tra không đạt, chưa ai xử lý xong.",
                evidence.lots_in_doubt
            ),
        ),
        _ if many_anonymous => (
            "C",
            format!("Hơn {ANONYMOUS_PERCENT_MAX} % lượt không ghi ai, không kiểm tra được."),
        ),
        _ if many_rounded => (
            "C",
            "Số của các buổi tuyên truyền gần như toàn tròn, chưa được giải thích.".to_owned(),
        ),
        _ if answered < ANSWERED_MIN => (
            "–",
            format!("Cần ít nhất {ANSWERED_MIN} công dân trả lời mới xếp loại."),
        ),
        (Some(share), Some((from, _))) if share >= SHARE_A && from >= SURELY_A => {
            ("A", "Số liệu đáng tin.".to_owned())
        }
        (Some(share), Some((from, _))) if share >= SHARE_B && from >= SURELY_B => {
            ("B", "Số liệu khá tin cậy, còn sai sót.".to_owned())
        }
        _ => ("C", "Nhiều công dân không xác nhận; cần rà lại.".to_owned()),
    };
    Grade {
        unit_id,
        grade: letter.to_owned(),
        confirmed: evidence.confirmed,
        answered,
        confirmed_share: share,
        share_from: interval.map(|(from, _)| from),
        share_to: interval.map(|(_, to)| to),
        lots_in_doubt: evidence.lots_in_doubt,
        reason: format!("{why} {told}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letter(confirmed: u32, failures: u32) -> String {
        let evidence = Evidence {
            confirmed,
            failures,
            records: 100,
            ..Evidence::default()
        };
        grade(UnitId(1), &evidence).grade
    }

    #[test]
    fn letters_follow_what_citizens_said_and_how_many_did() {
        assert_eq!(letter(0, 0), "–");
        assert_eq!(letter(14, 0), "–");
        assert_eq!(letter(19, 0), "A");
        assert_eq!(letter(31, 1), "A");
        assert_eq!(letter(29, 3), "B");
        assert_eq!(letter(25, 7), "C");
    }

    #[test]
    fn a_lot_in_doubt_records_about_nobody_or_round_counts_allow_no_better_than_c() {
        let good = Evidence {
            confirmed: 60,
            records: 100,
            ..Evidence::default()
        };
        assert_eq!(grade(UnitId(1), &good).grade, "A");
        let doubt = Evidence {
            lots_in_doubt: 1,
            ..good
        };
        assert_eq!(grade(UnitId(1), &doubt).grade, "C");
        let nobody = Evidence {
            records: 79,
            anonymous: 21,
            ..good
        };
        assert_eq!(grade(UnitId(1), &nobody).grade, "C");
        let round = |rounded, communes| {
            let evidence = Evidence {
                communes,
                rounded,
                ..good
            };
            grade(UnitId(1), &evidence).grade
        };
        assert_eq!(round(1, 1), "C");
        // A province is not held down by one of its communes.
        assert_eq!((round(0, 24), round(4, 24)), ("A".into(), "A".into()));
        assert_eq!(round(5, 24), "C");
    }

    #[test]
    fn the_interval_is_wilsons() {
        // As in Brown, Cai and DasGupta: 18 of 20.
        let (from, to) = wilson(18, 20).unwrap();
        assert!((from - 0.699).abs() < 0.001, "{from}");
        assert!((to - 0.972).abs() < 0.001, "{to}");
        let words = grade(
            UnitId(1),
            &Evidence {
                confirmed: 18,
                failures: 2,
                ..Evidence::default()
            },
        );
        assert!(
            words
                .reason
                .contains("18 trên 20 công dân được hỏi xác nhận đúng (90,0 %"),
            "{}",
            words.reason
        );
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_lies_within_bounds(part in 0_u32..500, more in 0_u32..500) {
            let whole = part + more;
            prop_assume!(whole > 0);
            let (from, to) = wilson(part, whole).unwrap();
            let share = f64::from(part) / f64::from(whole);
            prop_assert!(0.0 <= from && from <= share + 1e-12);
            prop_assert!(share <= to + 1e-12 && to <= 1.0);
        }
    }
}
