//! What may be sent, and how it may come: drawn by the property, in no order that anybody chose.

use super::*;

#[derive(Debug, Clone)]
pub(super) enum Spec {
    Record {
        author: usize,
        /// The last one is nobody.
        person: usize,
        stage: usize,
        village: usize,
        minutes_ago: i64,
        helper: bool,
        trusted: bool,
        /// Another record that it takes the place of.
        replaces: Option<usize>,
        /// Its phone's clock is ahead of the world: held, until a lead approves it.
        future: bool,
        /// What it says of the person beside the stage.
        words: (Option<usize>, Option<i16>),
    },
    Activity {
        author: usize,
        minutes_ago: i64,
    },
    Void {
        author: usize,
        target: usize,
        minutes_ago: i64,
    },
}

/// How many minutes after the first receipt the last one is.
const RECEIPT_MAX: i64 = 10 * 24 * 60;
/// How many minutes after the first receipt it is the future for all of them.
pub(super) const FUTURE: i64 = 2 * RECEIPT_MAX;

pub(super) const PERSONS: usize = 4;
pub(super) const NAMES: [&str; 3] = ["Katơr Thị Thử", "Katơr Thử", "Pi Năng Thử"];

/// How long before the first receipt something was done. Often so little that days and credit are a near thing,
/// sometimes so much that it is late, or limited to the seventh day before receipt.
fn minutes_ago() -> impl Strategy<Value = i64> {
    prop_oneof![2 => 0..4_000_i64, 1 => 0..20_000_i64]
}

/// When each operation is received, wherever it comes.
pub(super) fn receipts(len: usize) -> impl Strategy<Value = Vec<Receipt>> {
    let received = (0..=RECEIPT_MAX).prop_map(|minutes| {
        let at = noon() + TimeDelta::minutes(minutes);
        Receipt::new(at, at)
    });
    prop::collection::vec(received, len)
}

pub(super) fn record_spec() -> impl Strategy<Value = Spec> {
    (
        0..4_usize,
        0..=PERSONS,
        0..2_usize,
        0..3_usize,
        minutes_ago(),
        0..8_u8,
        0..6_u8,
        (
            prop::option::weighted(0.2, 0..24_usize),
            prop::bool::weighted(0.15),
            (
                prop::option::of(0..NAMES.len()),
                prop::option::of(1960..1963_i16),
            ),
        ),
    )
        .prop_map(
            |(author, person, stage, village, minutes_ago, helper, trusted, rare)| {
                let (replaces, future, words) = rare;
                Spec::Record {
                    author,
                    person,
                    stage,
                    village,
                    minutes_ago,
                    helper: helper == 0,
                    trusted: trusted != 0,
                    replaces,
                    future,
                    words,
                }
            },
        )
}

pub(super) fn activity_spec() -> impl Strategy<Value = Spec> {
    (0..4_usize, minutes_ago()).prop_map(|(author, minutes_ago)| Spec::Activity {
        author,
        minutes_ago,
    })
}

pub(super) fn specs() -> impl Strategy<Value = Vec<Spec>> {
    let voids = prop::collection::vec((0..4_usize, 0..24_usize, minutes_ago()), 0..8);
    let said = prop_oneof![8 => record_spec(), 1 => activity_spec()];
    (prop::collection::vec(said, 1..24), voids).prop_map(|(mut specs, voids)| {
        let records = specs.len();
        for (n, spec) in specs.iter_mut().enumerate() {
            if let Spec::Record { replaces, .. } = spec {
                *replaces = replaces.map(|at| at % records).filter(|at| *at != n);
            }
        }
        specs.extend(
            voids
                .into_iter()
                .map(|(author, target, minutes_ago)| Spec::Void {
                    author,
                    target: target % records,
                    minutes_ago,
                }),
        );
        specs
    })
}

/// In which order operations come, how often, where batches are cut, and between which of them leads
/// say the same about persons, in the same order, and let records stand again.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) batches: Vec<Vec<usize>>,
    pub(super) changes: Vec<(usize, Change)>,
    /// After how many batches which record is reinstated. What cannot be done then is done in the end.
    pub(super) reinstated: Vec<(usize, usize)>,
}

pub(super) fn delivery(
    len: usize,
    changes: Vec<Change>,
    reinstated: Vec<usize>,
) -> impl Strategy<Value = Delivery> {
    let when = prop::collection::vec(0..20_usize, changes.len());
    let again = prop::collection::vec(0..20_usize, reinstated.len());
    (batches(len), when, again).prop_map(move |(batches, mut when, again)| {
        when.sort_unstable();
        let changes = when.into_iter().zip(changes.clone()).collect();
        let reinstated = again.into_iter().zip(reinstated.clone()).collect();
        Delivery {
            batches,
            changes,
            reinstated,
        }
    })
}

pub(super) fn batches(len: usize) -> impl Strategy<Value = Vec<Vec<usize>>> {
    let repeats = prop::collection::vec(0..len, 0..len * 2);
    let cuts = prop::collection::vec(1..6_usize, len);
    (repeats, cuts)
        .prop_map(move |(mut order, cuts)| {
            order.extend(0..len);
            (order, cuts)
        })
        .prop_flat_map(|(order, cuts)| (Just(order).prop_shuffle(), Just(cuts)))
        .prop_map(|(order, cuts)| {
            let mut batches = Vec::new();
            let mut rest = order.as_slice();
            for cut in cuts {
                let (batch, after) = rest.split_at(cut.min(rest.len()));
                if !batch.is_empty() {
                    batches.push(batch.to_vec());
                }
                rest = after;
            }
            batches.extend(rest.chunks(5).map(<[usize]>::to_vec));
            batches
        })
}

/// What a lead says about persons.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Merge(usize, usize),
    /// Of the merges that stand, one.
    Undo(usize),
}

/// What leads say, one after another.
pub(super) fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (0..PERSONS, 0..PERSONS, 0..4_u8).prop_map(|(one, other, kind)| match kind {
        0 => Change::Undo(one),
        _ => Change::Merge(one, other),
    });
    prop::collection::vec(change, 0..8)
}

/// What was recorded, when each of it is received, and two ways in which it comes.
pub(super) fn two_deliveries()
-> impl Strategy<Value = (Vec<Spec>, Vec<Receipt>, Delivery, Delivery)> {
    let reinstated = prop::collection::vec(0..24_usize, 0..6);
    (specs(), changes(), reinstated).prop_flat_map(|(specs, changes, reinstated)| {
        let len = specs.len();
        let reinstated: Vec<usize> = reinstated.into_iter().map(|at| at % len).collect();
        let delivery = move |changes| delivery(len, changes, reinstated.clone());
        let (one, two) = (delivery(changes.clone()), delivery(changes));
        (Just(specs), receipts(len), one, two)
    })
}
