//! Clean figures raise nothing; an error of each kind that is put into them is found, and nothing else.

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

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

/// What two periods say, and what the program counts of the later one.
#[derive(Debug, Clone, Default)]
struct Told {
    now: Vec<Figure>,
    before: Vec<Figure>,
    counted: Vec<Figure>,
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

/// Which figures are told as a least, and by how much less than they are: now, then before.
type Leasts = [Option<i64>; 30];

prop_compose! {
    /// Everything right, and nothing told as a least.
    fn exact()(period in prop::array::uniform6(10i64..5_000), before in prop::array::uniform6(10i64..50_000)) -> Told {
        let cumulative = std::array::from_fn(|at| period[at] + before[at]);
        let mut now = of_span(Span::Cumulative, cumulative);
        now.extend(of_span(Span::InPeriod, period));
        Told { now, before: of_span(Span::Cumulative, before), counted: vec![] }
    }
}

prop_compose! {
    fn leasts()(leasts in prop::array::uniform30(prop::option::weighted(0.2, 0i64..9))) -> Leasts {
        leasts
    }
}

prop_compose! {
    fn clean()(told in exact(), leasts in leasts()) -> Told {
        loosen(told, &leasts, &[])
    }
}

/// Tells some figures as a least, except these.
fn loosen(mut told: Told, leasts: &Leasts, except: &[&str]) -> Told {
    let all = told.now.iter_mut().chain(&mut told.before);
    for (figure, least) in all.zip(leasts) {
        if let Some(less) = least
            && !except.contains(&figure.code.as_str())
        {
            figure.at_least = true;
            figure.value -= less;
        }
    }
    told
}

fn found(told: &Told) -> Vec<Finding> {
    let catalogue = catalogue();
    judge(&Book {
        catalogue: &catalogue,
        figures: &told.now,
        before: &told.before,
        counted: &told.counted,
        month: NaiveDate::from_ymd_opt(2023, 2, 1).unwrap(),
    })
}

fn rules(told: &Told) -> Vec<&'static str> {
    let mut rules: Vec<_> = found(told).iter().map(|own| own.case.rule()).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Where an error is put, and how large it is.
#[derive(Debug, Clone, Copy)]
struct Draw {
    place: usize,
    span: Span,
    /// 1 to 9: less than what lies between any two figures that are right.
    size: i64,
    /// The size, or less than nothing by as much.
    off: i64,
}

prop_compose! {
    fn draw()(place in 0usize..1_000, in_period in any::<bool>(), size in 1i64..10, up in any::<bool>()) -> Draw {
        let span = if in_period { Span::InPeriod } else { Span::Cumulative };
        Draw { place, span, size, off: if up { size } else { -size } }
    }
}

impl Draw {
    fn pick<T: Copy>(&self, among: &[T]) -> T {
        among[self.place % among.len()]
    }
}

/// An error that was put in: where it is told, and which figures hide it if they are told as a least.
struct Planted {
    code: &'static str,
    span: Span,
    exact: Vec<&'static str>,
}

fn planted(code: &'static str, span: Span, exact: &[&'static str]) -> Option<Planted> {
    let exact = exact.to_vec();
    Some(Planted { code, span, exact })
}

/// Puts one error somewhere into figures that were right; none where these have no place for it.
type Plant = fn(&mut Told, &Draw) -> Option<Planted>;

const CODES: &[&str] = &[
    "total", "a", "b", "b1", "b2", "received", "eligible", "resolved", "pending", "again",
];
/// Those of which a percentage is told.
const RATES: &[&str] = &["total", "eligible", "resolved", "pending"];

fn at<'a>(figures: &'a mut [Figure], code: &str, span: Span) -> &'a mut Figure {
    let mut all = figures.iter_mut();
    all.find(|own| own.code == code && own.span == span)
        .unwrap()
}

/// Nobody entered it.
fn leave_out(told: &mut Told, code: &str, span: Span) {
    told.now
        .retain(|own| !(own.code == code && own.span == span));
}

/// Another value, with no percentage that it would contradict.
fn set(told: &mut Told, code: &str, span: Span, value: i64, denominator: Option<i64>) {
    let figure = at(&mut told.now, code, span);
    figure.value = value;
    figure.denominator = denominator;
    figure.stated_percent = None;
}

fn value(told: &mut Told, code: &str, span: Span) -> i64 {
    at(&mut told.now, code, span).value
}

fn add(told: &mut Told, code: &str, span: Span, off: i64) {
    let figure = at(&mut told.now, code, span);
    figure.value += off;
    figure.stated_percent = None;
}

/// A total, a part of it, or a total that is itself a part.
fn plant_parts_total(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(&["total", "a", "b"]);
    add(told, code, draw.span, draw.off);
    if code != "b" {
        return planted("total", draw.span, &["total", "a", "b"]);
    }
    add(told, "total", draw.span, draw.off);
    planted("b", draw.span, &["b", "b1", "b2"])
}

/// A whole that is smaller than its part, told so everywhere, in a report of one span.
fn plant_part_above_whole(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let span = draw.span;
    told.now.retain(|own| own.span == span);
    told.before.clear();
    let eligible = value(told, "eligible", span);
    if draw.place.is_multiple_of(2) {
        let received = eligible - draw.size;
        set(told, "received", span, received, None);
        set(told, "eligible", span, eligible, Some(received));
        return planted("eligible", span, &["eligible", "received"]);
    }
    // With what is pending, the three would not add up either.
    leave_out(told, "pending", span);
    let resolved = eligible + draw.size;
    set(told, "resolved", span, resolved, Some(eligible));
    planted("resolved", span, &["resolved", "eligible"])
}

/// Of what nothing else is the sum.
fn plant_period_above_cumulative(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(&["received", "pending", "again"]);
    let more = value(told, code, Span::Cumulative) + draw.size;
    let denominator = (code == "pending").then_some(more + draw.size);
    set(told, code, Span::InPeriod, more, denominator);
    if code == "received" {
        at(&mut told.now, "eligible", Span::InPeriod).denominator = Some(more);
        at(&mut told.now, "eligible", Span::InPeriod).stated_percent = None;
    }
    for span in Span::ALL {
        match code {
            "pending" => leave_out(told, "eligible", span),
            "again" => leave_out(told, "b1", span),
            _ => {}
        }
    }
    planted(code, Span::InPeriod, &[code])
}

/// Of what has no whole by name, or one that nobody entered.
fn plant_above_denominator(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let (code, whole) = draw.pick(&[
        ("total", None),
        ("again", None),
        ("eligible", Some("received")),
        ("resolved", Some("eligible")),
        ("pending", Some("eligible")),
    ]);
    if let Some(whole) = whole {
        leave_out(told, whole, draw.span);
    }
    let own = value(told, code, draw.span);
    set(told, code, draw.span, own, Some(own - draw.size));
    planted(code, draw.span, &[code])
}

/// More or less than the whole, or less than what the whole is at least.
fn plant_denominator_wrong(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let (code, whole) = draw.pick(&[
        ("eligible", "received"),
        ("resolved", "eligible"),
        ("pending", "eligible"),
    ]);
    let denominator = value(told, whole, draw.span) + draw.off;
    let own = value(told, code, draw.span);
    set(told, code, draw.span, own, Some(denominator));
    at(&mut told.now, whole, draw.span).at_least = draw.off < 0 && draw.place.is_multiple_of(2);
    planted(code, draw.span, &[code, whole])
}

fn plant_denominator_missing(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(RATES);
    at(&mut told.now, code, draw.span).denominator = None;
    planted(code, draw.span, &[])
}

fn plant_eligible_split(told: &mut Told, draw: &Draw) -> Option<Planted> {
    add(
        told,
        draw.pick(&["resolved", "pending"]),
        draw.span,
        draw.off,
    );
    planted("eligible", draw.span, &["eligible", "resolved", "pending"])
}

fn plant_percent_wrong(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(RATES);
    let figure = at(&mut told.now, code, draw.span);
    // One digit more or less may still be a rounding.
    let digits = figure.stated_percent?.digits() + draw.off + draw.off.signum();
    figure.stated_percent = Some(StatedPercent::new(digits, 2));
    planted(code, draw.span, &[code])
}

/// With as few decimals as show it; many percentages are the same rounded and cut off.
fn plant_percent_cut_off(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(RATES);
    let figure = at(&mut told.now, code, draw.span);
    let whole = figure.denominator?;
    for decimals in 0u8..=3 {
        let truth = figure.value * 100 * 10_i64.pow(u32::from(decimals));
        if 2 * (truth % whole) > whole {
            figure.stated_percent = Some(StatedPercent::new(truth / whole, decimals));
            return planted(code, draw.span, &[code]);
        }
    }
    None
}

fn plant_cumulative_fell(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(CODES);
    let more = value(told, code, Span::Cumulative) + draw.size;
    at(&mut told.before, code, Span::Cumulative).value = more;
    planted(code, Span::Cumulative, &[code])
}

/// With its own month, or one that comes later.
fn plant_self_comparison(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(CODES);
    let figure = at(&mut told.now, code, draw.span);
    figure.stated_change = Some(StatedPercent::new(draw.off, 1));
    figure.change_in = Some("points".to_owned());
    figure.compared_with = NaiveDate::from_ymd_opt(2023, 1 + draw.size as u32, 1);
    planted(code, draw.span, &[])
}

fn plant_two_values(told: &mut Told, draw: &Draw) -> Option<Planted> {
    add(told, "again", draw.span, draw.off);
    planted("again", draw.span, &["again", "b1"])
}

fn plant_percent_for_points(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(RATES);
    let figure = at(&mut told.now, code, draw.span);
    figure.stated_change = Some(StatedPercent::new(draw.off, 1));
    figure.change_in = Some("percent".to_owned());
    planted(code, draw.span, &[])
}

fn plant_fed_differs(told: &mut Told, draw: &Draw) -> Option<Planted> {
    let code = draw.pick(CODES);
    let counted = value(told, code, draw.span) + draw.off;
    told.counted = vec![figure(code, draw.span, counted, None)];
    planted(code, draw.span, &[code])
}

/// Each kind of error, and how it comes into figures that were right.
const PLANTS: &[(&str, Plant)] = &[
    ("parts_total", plant_parts_total),
    ("part_above_whole", plant_part_above_whole),
    ("period_above_cumulative", plant_period_above_cumulative),
    ("above_denominator", plant_above_denominator),
    ("denominator_wrong", plant_denominator_wrong),
    ("denominator_missing", plant_denominator_missing),
    ("eligible_split", plant_eligible_split),
    ("percent_wrong", plant_percent_wrong),
    ("percent_cut_off", plant_percent_cut_off),
    ("cumulative_fell", plant_cumulative_fell),
    ("self_comparison", plant_self_comparison),
    ("two_values", plant_two_values),
    ("percent_for_points", plant_percent_for_points),
    ("fed_differs", plant_fed_differs),
];

/// How often an error was put in and found, and how often something was told that was none.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    planted: u32,
    found: u32,
    false_alarms: u32,
}

impl Count {
    fn take(&mut self, rule: &str, plant: Plant, (mut told, leasts, draw): (Told, Leasts, Draw)) {
        let Some(error) = plant(&mut told, &draw) else {
            return;
        };
        let told = loosen(told, &leasts, &error.exact);
        let is_it = |own: &&Finding| {
            own.case.rule() == rule && own.code == error.code && own.span == error.span
        };
        let findings = found(&told);
        let known = findings.iter().filter(is_it).count() as u32;
        self.planted += 1;
        self.found += known.min(1);
        self.false_alarms += findings.len() as u32 - known.min(1);
    }
}

#[test]
fn an_error_of_each_kind_is_found_wherever_it_is_and_nothing_else_is_told() {
    const TIMES: u32 = 200;
    // Always the same draws: what this counts is the same on every machine.
    let mut runner = TestRunner::deterministic();
    let cases = (exact(), leasts(), draw());
    let mut table = String::from("kind                     planted  found  false alarms");
    let mut counts = Vec::new();
    for (rule, plant) in PLANTS {
        let mut count = Count::default();
        for _ in 0..TIMES {
            let case = cases.new_tree(&mut runner).unwrap().current();
            count.take(rule, *plant, case);
        }
        let (planted, found, alarms) = (count.planted, count.found, count.false_alarms);
        table.push_str(&format!("\n{rule:24} {planted:7} {found:6} {alarms:13}"));
        counts.push(count);
    }
    eprintln!("{table}");
    for count in counts {
        assert!(count.planted > TIMES / 2, "{table}");
        let all_found = Count {
            planted: count.planted,
            found: count.planted,
            false_alarms: 0,
        };
        assert_eq!(count, all_found, "{table}");
    }
}

proptest! {
    #[test]
    fn right_figures_raise_nothing(told in clean()) {
        prop_assert_eq!(found(&told), vec![]);
    }

    #[test]
    fn a_stated_percentage_with_its_last_digits_cut_off_is_told_as_such(value in 1i64..100_000, rest in 1i64..100_000) {
        let denominator = value + rest;
        let now = vec![figure("total", Span::InPeriod, value, Some(denominator))];
        let mut told = Told { now, ..Told::default() };
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
        ..Told::default()
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
fn of_more_than_a_thousand_a_denominator_may_be_more_and_never_less() {
    let told = |value: i64, denominator: i64| {
        let mut whole = figure("received", Span::InPeriod, 1_000, None);
        whole.at_least = true;
        let part = figure("eligible", Span::InPeriod, value, Some(denominator));
        rules(&Told {
            now: vec![whole, part],
            ..Told::default()
        })
    };
    assert_eq!(told(900, 1_000), [""; 0]);
    assert_eq!(told(900, 1_100), [""; 0]);
    assert_eq!(told(900, 999), ["denominator_wrong"]);
    // The whole has no end, but its denominator is a number.
    assert_eq!(told(1_050, 1_000), [""; 0]);
    assert_eq!(told(1_200, 1_100), ["above_denominator"]);
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
    // "More than" is no less than itself, and of how many is a number.
    let least = |value, denominator| Figure {
        at_least: true,
        ..again(value, denominator)
    };
    assert_eq!(told(least(1_000, None), again(1_000, None)), [""; 0]);
    assert_eq!(told(least(1_000, None), again(1_250, None)), [""; 0]);
    assert_eq!(told(least(1_000, None), again(999, None)), ["fed_differs"]);
    assert_eq!(told(least(5, Some(8)), again(6, Some(9))), ["fed_differs"]);
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
