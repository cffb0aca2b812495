//! The same without batches: what stands in the end, walked once.

use super::*;

/// The records that stand in the end, from the earliest on. What a lead took back of somebody else's and then
/// reinstated stands, unless something else takes it back.
pub(super) fn standing(
    specs: &[Spec],
    geography: &Geography,
    receipts: &[Receipt],
    reinstated: &BTreeSet<usize>,
) -> Vec<(usize, Judged)> {
    let all: Vec<Judged> = specs
        .iter()
        .enumerate()
        .map(|(n, spec)| match is_held(spec) {
            true => approved(n, spec, &receipts[n], geography),
            false => judged(n, spec, &receipts[n], geography),
        })
        .collect();
    let is_voided = |target: usize| {
        specs.iter().any(|spec| match spec {
            Spec::Void {
                author: by,
                target: aim,
                ..
            }
            | Spec::Record {
                author: by,
                replaces: Some(aim),
                ..
            } if *aim == target => {
                let own = *by == author(&specs[target])
                    && said(spec) <= said(&specs[target]) + TimeDelta::hours(24);
                let is_undone = matches!(spec, Spec::Void { .. })
                    && matches!(specs[target], Spec::Record { .. })
                    && author(&specs[target]) != 3
                    && reinstated.contains(&target);
                own || *by == 3 && !is_undone
            }
            _ => false,
        })
    };
    let mut standing: Vec<(usize, Judged)> = all
        .iter()
        .cloned()
        .enumerate()
        .filter(|(n, _)| !is_voided(*n))
        .collect();
    standing.sort_by_key(|(_, op)| (op.effective_at, op.op_id));
    standing
}

/// When a spec says that it was: clocks that are believed and others say it alike.
fn said(spec: &Spec) -> DateTime<Utc> {
    draft(spec).recorded_at
}

/// What persons show without batches: the last word of each field.
pub(super) fn last_words(
    specs: &[Spec],
    geography: &Geography,
    receipts: &[Receipt],
    merges: &Merges,
    reinstated: &BTreeSet<usize>,
) -> BTreeMap<(PersonId, Field), OperationId> {
    let mut last = BTreeMap::new();
    for (n, op) in standing(specs, geography, receipts, reinstated) {
        let Spec::Record {
            person,
            words: (name, birth_year),
            ..
        } = &specs[n]
        else {
            continue;
        };
        if *person == PERSONS {
            continue;
        }
        let person = canonical(merges, PersonId(id(3, *person)));
        for (field, is_said) in [
            (Field::Name, name.is_some()),
            (Field::BirthYear, birth_year.is_some()),
        ] {
            if is_said {
                last.insert((person, field), op.op_id);
            }
        }
    }
    last
}

/// The activities that nobody has taken back.
pub(super) fn live_activities(
    specs: &[Spec],
    geography: &Geography,
    receipts: &[Receipt],
) -> BTreeSet<OperationId> {
    let standing = standing(specs, geography, receipts, &BTreeSet::new()).into_iter();
    standing
        .filter(|(n, _)| matches!(specs[*n], Spec::Activity { .. }))
        .map(|(_, op)| op.op_id)
        .collect()
}

/// Counts without batches: walk the live records from the earliest on.
pub(super) fn recount(
    specs: &[Spec],
    geography: &Geography,
    receipts: &[Receipt],
    merges: &Merges,
    reinstated: &BTreeSet<usize>,
) -> BTreeMap<Key, Counts> {
    let mut tally: BTreeMap<Key, Counts> = BTreeMap::new();
    let mut unions: HashMap<(PersonId, usize), Vec<MassUnion>> = HashMap::new();
    for (n, op) in standing(specs, geography, receipts, reinstated) {
        let Spec::Record {
            author,
            person,
            stage,
            village,
            helper: false,
            ..
        } = &specs[n]
        else {
            continue;
        };
        let mass_union = sender(*author).mass_union;
        let counts = tally
            .entry(Key {
                village_id: UnitId(VILLAGES[*village]),
                stage: Stage::ALL[*stage],
                mass_union,
                on_day: op.on_day().unwrap(),
                author_id: sender(*author).account_id,
            })
            .or_default();
        if *person == PERSONS {
            counts.anonymous += 1;
            continue;
        }
        let person = canonical(merges, PersonId(id(3, *person)));
        let seen = unions.entry((person, *stage)).or_default();
        if seen.is_empty() {
            counts.n += 1;
            counts.late += i32::from(is_late(op.on_day().unwrap(), op.received_on));
        } else if !seen.contains(&mass_union) {
            counts.assists += 1;
        }
        seen.push(mass_union);
    }
    tally.retain(|_, counts| *counts != Counts::default());
    tally
}
