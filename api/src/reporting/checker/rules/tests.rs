//! Clean figures raise nothing; an error of each kind that is put into them is found, and nothing else.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::reporting::checker::words::sentence;
use crate::reporting::indicators::rules::Catalogue;

fn indicator(code: &str, parent: Option<&str>, is_part: bool) -> IndicatorRow {
    IndicatorRow {
        code: code.to_owned(),
        name: code.to_owned(),
        parent_code: parent.map(str::to_owned),
        is_part,
        counted_in: "hồ sơ".to_owned(),
        section: "II.1".to_owned(),
        measure: "count".to_owned(),
        role: None,
        denominator_code: None,
        needs_denominator: false,
        same_as_code: None,
        fed_by: None,
        revision: 1,
        retired_on: None,
    }
}

/// A total of parts, one of which has parts; dossiers by role; the same thing counted twice.
fn catalogue() -> Catalogue {
    let mut indicators = vec![
        indicator("total", None, false),
        indicator("a", Some("total"), true),
        indicator("b", Some("total"), true),
        indicator("b1", Some("b"), true),
        indicator("b2", Some("b"), true),
        indicator("received", Some("dossiers"), false),
        indicator("eligible", Some("dossiers"), false),
        indicator("resolved", Some("dossiers"), false),
        indicator("pending", Some("dossiers"), false),
        indicator("again", None, false),
    ];
    indicators[0].needs_denominator = true;
    for (at, role, whole) in [
        (5, "received", None),
        (6, "eligible", Some("received")),
        (7, "resolved", Some("eligible")),
        (8, "pending", Some("eligible")),
    ] {
        indicators[at].role = Some(role.to_owned());
        indicators[at].denominator_code = whole.map(str::to_owned);
    }
    indicators[9].same_as_code = Some("b1".to_owned());
    Catalogue {
        indicators,
        owners: Vec::new(),
    }
}

fn figure(code: &str, span: Span, value: i64, denominator: Option<i64>) -> Figure {
    Figure {
        code: code.to_owned(),
        span,
        value,
        at_least: false,
        denominator,
        stated_percent: None,
        stated_change: None,
        change_in: None,
        compared_with: None,
        fed: false,
    }
}

/// What two periods say, everything in them right.
#[derive(Debug, Clone)]
struct Told {
    now: Vec<Figure>,
    before: Vec<Figure>,
}

fn of_span(span: Span, n: [i64; 6]) -> Vec<Figure> {
    let [a, b1, b2, rest, resolved, pending] = n;
    let total = a + b1 + b2;
    let eligible = resolved + pending;
    let mut figures = vec![
        figure("total", span, total, Some(total + rest)),
        figure("a", span, a, None),
        figure("b", span, b1 + b2, None),
        figure("b1", span, b1, None),
        figure("b2", span, b2, None),
        figure("received", span, eligible + rest, None),
        figure("eligible", span, eligible, Some(eligible + rest)),
        figure("resolved", span, resolved, Some(eligible)),
        figure("pending", span, pending, Some(eligible)),
        figure("again", span, b1, None),
    ];
    for figure in &mut figures {
        if let Some(denominator) = figure.denominator {
            let hundredths =
                crate::reporting::rules::percent_hundredths(figure.value, denominator).unwrap();
            figure.stated_percent = Some(StatedPercent::new(hundredths, 2));
        }
    }
    figures[0].stated_change = Some(StatedPercent::new(18, 1));
    figures[0].change_in = Some("points".to_owned());
    figures[0].compared_with = NaiveDate::from_ymd_opt(2023, 1, 1);
    figures
}

prop_compose! {
    fn clean()(period in prop::array::uniform6(10i64..5_000), before in prop::array::uniform6(10i64..50_000)) -> Told {
        let cumulative = std::array::from_fn(|at| period[at] + before[at]);
        let mut now = of_span(Span::Cumulative, cumulative);
        now.extend(of_span(Span::InPeriod, period));
        Told { now, before: of_span(Span::Cumulative, before) }
    }
}

fn found(told: &Told) -> Vec<Finding> {
    let catalogue = catalogue();
    judge(&Book {
        catalogue: &catalogue,
        figures: &told.now,
        before: &told.before,
        counted: &[],
        month: NaiveDate::from_ymd_opt(2023, 2, 1).unwrap(),
    })
}

fn rules(told: &Told) -> Vec<&'static str> {
    let mut rules: Vec<_> = found(told).iter().map(|own| own.case.rule()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Puts one error into figures that were right.
type Seed = fn(&mut Told);

/// Each kind of error, and how it comes into figures that were right: position 10 and on are of the period.
const SEEDS: &[(&str, Seed)] = &[
    ("parts_total", |told| told.now[11].value += 7),
    ("part_above_whole", |told| {
        // A whole that is smaller than its part, and told so everywhere.
        let wrong = told.now[16].value - 1;
        told.now[15].value = wrong;
        told.now[16].denominator = Some(wrong);
        told.now[16].stated_percent = None;
    }),
    ("period_above_cumulative", |told| {
        told.now[9].value = told.now[19].value - 1;
        told.now[3].value = told.now[9].value;
        told.before.clear();
    }),
    ("above_denominator", |told| {
        told.now[10].denominator = Some(told.now[10].value - 1);
        told.now[10].stated_percent = None;
    }),
    ("denominator_wrong", |told| {
        told.now[18].denominator = Some(told.now[17].value);
        told.now[18].stated_percent = None;
    }),
    ("denominator_missing", |told| {
        told.now[10].denominator = None
    }),
    ("eligible_split", |told| {
        told.now[18].value -= 1;
        told.now[18].stated_percent = None;
    }),
    ("percent_wrong", |told| {
        let stated = told.now[10].stated_percent.unwrap();
        told.now[10].stated_percent = Some(StatedPercent::new(stated.digits() + 2, 2));
    }),
    ("cumulative_fell", |told| {
        told.before[9].value = told.now[9].value + 1
    }),
    ("self_comparison", |told| {
        told.now[10].compared_with = NaiveDate::from_ymd_opt(2023, 2, 1);
    }),
    ("two_values", |told| told.now[19].value -= 1),
    ("percent_for_points", |told| {
        told.now[0].change_in = Some("percent".to_owned());
    }),
];

proptest! {
    #[test]
    fn right_figures_raise_nothing(told in clean()) {
        prop_assert_eq!(found(&told), vec![]);
    }

    #[test]
    fn an_error_of_each_kind_is_found(told in clean()) {
        for (rule, seed) in SEEDS {
            let mut wrong = told.clone();
            seed(&mut wrong);
            let rules = rules(&wrong);
            prop_assert!(rules.contains(rule), "{} not found, but {:?}", rule, rules);
            // What one wrong number breaks elsewhere is true as well; a whole that shrank breaks sums, too.
            let others = rules.iter().filter(|own| *own != rule).count();
            let expected = match *rule {
                "period_above_cumulative" => 1,
                _ => 0,
            };
            prop_assert!(others <= expected, "{} and {:?}", rule, rules);
        }
    }

    #[test]
    fn a_stated_percentage_with_its_last_digits_cut_off_is_told_as_such(value in 1i64..100_000, rest in 1i64..100_000) {
        let denominator = value + rest;
        let mut told = Told { now: vec![figure("total", Span::InPeriod, value, Some(denominator))], before: vec![] };
        let cut = value * 1_000 / denominator;
        told.now[0].stated_percent = Some(StatedPercent::new(cut, 1));
        let nearest = (value * 2_000 + denominator) / (2 * denominator);
        let expected: &[&str] = if nearest == cut { &[] } else { &["percent_cut_off"] };
        // Exactly half may go down to an even digit.
        prop_assume!((value * 2_000) % (2 * denominator) != denominator);
        prop_assert_eq!(rules(&told), expected);
    }
}

#[test]
fn more_than_is_a_least_and_what_is_missing_may_fill_the_rest() {
    let cumulative = Span::Cumulative;
    let mut told = Told {
        now: vec![
            figure("b", cumulative, 10, None),
            figure("b1", cumulative, 6, None),
        ],
        before: vec![],
    };
    assert_eq!(rules(&told), [""; 0]);
    told.now[1].value = 11;
    assert_eq!(rules(&told), ["part_above_whole", "parts_total"]);
    told.now[1].value = 6;
    told.now.push(figure("b2", cumulative, 3, None));
    assert_eq!(rules(&told), ["parts_total"]);
    told.now[2].at_least = true;
    assert_eq!(rules(&told), [""; 0]);
}

#[test]
fn a_fingerprint_is_of_the_rule_the_place_and_the_figures() {
    let finding = |value| Finding {
        code: "a".to_owned(),
        span: Span::Cumulative,
        case: Case::CumulativeFell { value, before: 9 },
    };
    assert_eq!(finding(1).fingerprint(), finding(1).fingerprint());
    assert_ne!(finding(1).fingerprint(), finding(2).fingerprint());
    assert_eq!(finding(1).fingerprint().len(), 32);
}

#[test]
fn what_the_program_counts_now_is_held_against_what_stands() {
    let mut catalogue = catalogue();
    catalogue.indicators[9].same_as_code = None;
    let told = |stands: Figure, counted: Figure| {
        let found = judge(&Book {
            catalogue: &catalogue,
            figures: &[stands],
            before: &[],
            counted: &[counted],
            month: NaiveDate::from_ymd_opt(2023, 2, 1).unwrap(),
        });
        let rules: Vec<_> = found.iter().map(|own| own.case.rule()).collect();
        rules
    };
    let again = |value, denominator| figure("again", Span::InPeriod, value, denominator);
    assert_eq!(told(again(5, None), again(5, None)), [""; 0]);
    assert_eq!(told(again(5, Some(9)), again(5, None)), [""; 0]);
    assert_eq!(told(again(5, None), again(6, None)), ["fed_differs"]);
    assert_eq!(told(again(5, Some(8)), again(5, Some(9))), ["fed_differs"]);
}

#[test]
fn more_than_a_whole_is_an_error_of_a_part_and_may_be_right_of_a_target() {
    let mut catalogue = catalogue();
    catalogue.indicators[9].same_as_code = None;
    let found = |catalogue: &Catalogue, code: &str, denominator: i64| {
        let figures = [figure(code, Span::InPeriod, 123, Some(denominator))];
        let found = judge(&Book {
            catalogue,
            figures: &figures,
            before: &[],
            counted: &[],
            month: NaiveDate::from_ymd_opt(2023, 2, 1).unwrap(),
        });
        let found = found.into_iter();
        let mut found = found.filter(|own| own.case.rule() == "above_denominator");
        let finding = found.next().unwrap();
        (finding.case.is_warning(), sentence(&finding, catalogue))
    };
    // The report tells which share of all it is.
    let (is_warning, words) = found(&catalogue, "total", 100);
    assert!(
        !is_warning && words.contains("123/100 là 123,00%, vượt 100%, mà tử số chỉ là một phần")
    );
    // So it is where the whole has a name and nobody entered it.
    assert!(!found(&catalogue, "resolved", 100).0);
    // Whatever somebody gave as its denominator may be a target.
    let (is_warning, words) = found(&catalogue, "again", 100);
    assert!(is_warning && words.contains("Chỉ đúng khi mẫu số là chỉ tiêu giao"));
    // Nobody aims at more than nothing.
    let (is_warning, words) = found(&catalogue, "again", 0);
    assert!(
        !is_warning && words.contains("ghi 123/0: mẫu số bằng 0"),
        "{words}"
    );
    catalogue.indicators[0].measure = "target".to_owned();
    assert!(found(&catalogue, "total", 100).0);
}
