//! The table of verdicts, and the figures beside it.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::checker::service::answered_by_fault;
use super::checker::{Evidence, Verdict};
use super::faults::Kind;
use super::history::{Call, History, Ms, Op, line};
use super::run::Plan;
use super::servers::Servers;
use super::watch::Seen;

pub struct Report {
    pub verdicts: Vec<Verdict>,
    pub evidence: Evidence,
    pub seen: Seen,
    pub lags: Vec<Ms>,
    pub deadlocks: usize,
    pub commits_cut: u32,
}

/// What the database showed during the run and at its end.
pub fn of_watch(
    seen: &Seen,
    at_end: &BTreeMap<&'static str, Option<String>>,
    calls: &[Call],
) -> Vec<Verdict> {
    let mut laws = Verdict::new("I1 I2 I3 the database's own laws, every second and at the end");
    laws.looked_at = seen.asked + at_end.len();
    for (law, at, row) in &seen.broken {
        laws.breaks(format!("{law}: at {at} ms {row}"), &[]);
    }
    for (law, row) in at_end {
        if let Some(row) = row {
            laws.breaks(format!("{law}: at the end {row}"), &[]);
        }
    }
    let mut there = Verdict::new("I4 I7 every standing appointment has one place, all the while");
    there.looked_at = seen.appointments;
    for (appointment, at, what) in &seen.missing {
        let concerns = |call: &Call| match &call.op {
            Op::Move {
                appointment: one, ..
            }
            | Op::Cancel { appointment: one } => one == appointment,
            _ => call.answer().is_some_and(|answer| {
                answer
                    .booked
                    .iter()
                    .any(|booked| booked.appointment == *appointment)
            }),
        };
        let of_it = calls.iter().enumerate().filter(|(_, call)| concerns(call));
        let of_it: Vec<usize> = of_it.map(|(number, _)| number).collect();
        there.breaks(format!("{appointment} at {at} ms: {what}"), &of_it);
    }
    vec![laws, there]
}

/// I12: what is shown is not older than two seconds while nothing is broken.
pub fn of_display(lags: &[Ms], most: Ms) -> Verdict {
    let mut verdict = Verdict::new("I12 in calm what is shown is at most 2 s old");
    verdict.looked_at = lags.len();
    for lag in lags.iter().filter(|lag| **lag > most) {
        verdict.breaks(format!("a change was seen after {lag} ms"), &[]);
    }
    if lags.is_empty() {
        verdict.breaks("nothing was measured", &[]);
    }
    verdict
}

/// Alarms of the program itself.
pub fn of_logs(servers: &Servers) -> Verdict {
    let mut verdict = Verdict::new("no process panicked, and no unique index had to speak");
    verdict.looked_at = 1;
    for line in servers.complaints(&["panicked at", "the law spoke"]) {
        verdict.breaks(line, &[]);
    }
    verdict
}

/// When a process waited for Redis in vain, as its log says.
pub fn missed(servers: &Servers, history: &History) -> Vec<Ms> {
    let lines = servers.complaints(&["redis missed a call"]);
    let time = |line: &String| {
        line.split(' ')
            .find_map(|word| word.parse::<DateTime<Utc>>().ok())
    };
    let mut missed: Vec<Ms> = lines
        .iter()
        .filter_map(time)
        .map(|time| history.at(time))
        .collect();
    missed.sort_unstable();
    assert_eq!(missed.len(), lines.len(), "each line of a log has its time");
    missed
}

/// A run that did nothing has shown nothing.
pub fn of_effort(plan: &Plan, evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::new("the run was a run: enough faults, enough appointments");
    verdict.looked_at = evidence.faults.len();
    let (faults, booked) = (evidence.faults.len(), booked(evidence));
    if faults < plan.least_faults {
        verdict.breaks(format!("{faults} faults of {}", plan.least_faults), &[]);
    }
    if booked < plan.least_booked {
        verdict.breaks(
            format!("{booked} appointments of {}", plan.least_booked),
            &[],
        );
    }
    verdict
}

/// Acknowledged appointments, and acknowledged moves of one.
fn booked(evidence: &Evidence) -> usize {
    let mut keys = std::collections::HashSet::new();
    let done = evidence
        .calls
        .iter()
        .filter(|call| call.op.is_keyed() && call.is_ok());
    done.filter(|call| keys.insert(call.key))
        .map(|call| call.answer().map_or(0, |answer| answer.booked.len()))
        .sum()
}

/// Lines of a counterexample that are printed.
const LINES_MAX: usize = 24;

pub fn print(plan: &Plan, report: &Report, folder: &Path) {
    println!("\n| law | looked at | broken |\n|---|---|---|");
    for verdict in &report.verdicts {
        let broken = match verdict.broken.len() {
            0 => "-".to_owned(),
            count => format!("**{count}**"),
        };
        println!("| {} | {} | {broken} |", verdict.law, verdict.looked_at);
    }
    print_service(report);
    print_figures(plan, report);
    println!("history: {}", folder.join("history.jsonl").display());
    for broken in report.verdicts.iter().filter(|verdict| !verdict.holds()) {
        print_counterexample(broken, &report.evidence.calls);
    }
}

fn print_service(report: &Report) {
    println!("\n| while | requests | answered | within 2 s | p95 ms |\n|---|---|---|---|---|");
    for (what, told) in answered_by_fault(&report.evidence) {
        let in_time = told.in_time as f64 / told.requests.max(1) as f64;
        println!(
            "| {what} | {} | {:.2} % | {:.2} % | {} |",
            told.requests,
            told.share() * 100.0,
            in_time * 100.0,
            told.p95_ms
        );
    }
}

fn print_figures(plan: &Plan, report: &Report) {
    let evidence = &report.evidence;
    let mut faults: BTreeMap<Kind, usize> = BTreeMap::new();
    for fault in &evidence.faults {
        *faults.entry(fault.kind).or_default() += 1;
    }
    let faults: Vec<String> = faults
        .iter()
        .map(|(kind, count)| format!("{kind:?} {count}"))
        .collect();
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for call in &evidence.calls {
        let op = serde_json::to_value(&call.op).unwrap_or_default();
        let op = op["op"].as_str().unwrap_or_default().to_owned();
        let word = match call.answer() {
            Some(answer) if answer.status < 300 => format!("{op} ok"),
            Some(answer) => format!("{op} {} {}", answer.status, answer.slug),
            None => format!("{op} unknown"),
        };
        *answers.entry(word).or_default() += 1;
    }
    let answers: Vec<String> = answers
        .iter()
        .map(|(word, count)| format!("{word} {count}"))
        .collect();
    println!(
        "\nseed {}; {} s, {} clients; {} calls, {} acknowledged appointments and moves",
        plan.seed,
        plan.lasts.as_secs(),
        plan.clients,
        evidence.calls.len(),
        booked(evidence)
    );
    println!("{} faults: {}", evidence.faults.len(), faults.join(", "));
    println!("answers: {}", answers.join(", "));
    println!(
        "{} COMMIT answers cut, {} deadlocks, {} holds in PostgreSQL seen, {} of {} samples while being moved, \
         display at most {} ms behind",
        report.commits_cut,
        report.deadlocks,
        evidence.kept.len(),
        report.seen.moving,
        report.seen.appointments,
        report.lags.iter().max().unwrap_or(&0)
    );
}

/// What no answer told, as a file beside the history.
pub fn keep_diary(evidence: &Evidence, folder: &Path) {
    let ruled = evidence.ruled.iter().map(|one| format!("{one:?}"));
    let taken = evidence.taken.iter().map(|one| format!("{one:?}"));
    let waits = evidence.waits.iter().map(|one| format!("{one:?}"));
    let lines: Vec<String> = ruled.chain(taken).chain(waits).collect();
    let _ = std::fs::write(folder.join("diary.txt"), lines.join("\n"));
}

/// The first thing that is wrong, with the lines of the history that show it.
fn print_counterexample(verdict: &Verdict, calls: &[Call]) {
    let first = &verdict.broken[0];
    println!("\nBROKEN: {}\n  {}", verdict.law, first.what);
    let mut lines = Vec::new();
    for number in &first.calls {
        let call = &calls[*number];
        lines.push((call.invoked, line(call.invoked, "invoke", call)));
        if let Some(returned) = call.returned {
            lines.push((returned, line(returned, "return", call)));
        }
    }
    lines.sort();
    for (_, line) in lines.iter().take(LINES_MAX) {
        println!("  {line}");
    }
}
