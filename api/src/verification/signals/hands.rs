//! Whose hands: devices that go round, clocks that nobody could compare, helpers' phones.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::{AccountId, DeviceId};

use super::act::{Act, Finding, day_key, size};
use super::catalogue::{Rule, Thresholds};

/// A device with which many recorded on one day: one finding for each of them.
pub fn device_many_authors(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    let authors_max = thresholds.count(Rule::DeviceManyAuthors, "authors");
    let mut days: BTreeMap<(DeviceId, NaiveDate), Vec<&Act>> = BTreeMap::new();
    for act in acts {
        if let Some(device_id) = act.device_id {
            days.entry((device_id, act.on_day())).or_default().push(act);
        }
    }
    let mut found = Vec::new();
    for ((device_id, on), acts) in days {
        let authors: BTreeSet<AccountId> = acts.iter().map(|act| act.author_id).collect();
        if authors.len() <= authors_max {
            continue;
        }
        let evidence = [
            ("authors", size(authors.len())),
            ("threshold", size(authors_max)),
        ];
        for author in authors {
            let own = acts.iter().copied().filter(|act| act.author_id == author);
            let key = [device_id.0.as_bytes().as_slice(), &day_key(on)].concat();
            found.extend(Finding::of(Rule::DeviceManyAuthors, key, own, &evidence));
        }
    }
    found
}

/// Acts by author and by what day it was.
fn days(
    acts: &[Act],
    day: impl Fn(&Act) -> NaiveDate,
) -> BTreeMap<(AccountId, NaiveDate), Vec<&Act>> {
    let mut days: BTreeMap<_, Vec<&Act>> = BTreeMap::new();
    for act in acts {
        days.entry((act.author_id, day(act))).or_default().push(act);
    }
    days
}

/// One volunteer with several devices on one day.
pub fn author_many_devices(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    let devices_max = thresholds.count(Rule::AuthorManyDevices, "devices");
    let mut found = Vec::new();
    for ((_, on), acts) in days(acts, Act::on_day) {
        let devices: BTreeSet<DeviceId> = acts.iter().filter_map(|act| act.device_id).collect();
        if devices.len() > devices_max {
            let evidence = [
                ("devices", size(devices.len())),
                ("threshold", size(devices_max)),
            ];
            let of = Finding::of(Rule::AuthorManyDevices, day_key(on), acts, &evidence);
            found.extend(of);
        }
    }
    found
}

/// Acts about many people that came on one day, whose time nobody could compare.
pub fn untrusted_burst(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    let most = thresholds.count(Rule::UntrustedBurst, "persons");
    let mut found = Vec::new();
    for ((_, on), acts) in days(acts, |act| local_day(act.received_at)) {
        let untimed: Vec<&Act> = acts.into_iter().filter(|act| !act.has_a_time()).collect();
        let persons: BTreeSet<_> = untimed.iter().filter_map(|act| act.person_id).collect();
        if persons.len() > most {
            let evidence = [("persons", size(persons.len())), ("threshold", size(most))];
            let of = Finding::of(Rule::UntrustedBurst, day_key(on), untimed, &evidence);
            found.extend(of);
        }
    }
    found
}

/// Many accounts on a helper's phone.
pub fn helper_device(acts: &[Act], thresholds: &Thresholds) -> Vec<Finding> {
    let most = thresholds.count(Rule::HelperDevice, "acts");
    let percent = thresholds.count(Rule::HelperDevice, "percent");
    let mut found = Vec::new();
    for ((_, on), acts) in days(acts, Act::on_day) {
        let all = acts.len();
        let helped: Vec<&Act> = acts.into_iter().filter(|act| act.by_helper).collect();
        if helped.len() > most && helped.len() * 100 > all * percent {
            let evidence = [("acts", size(helped.len())), ("threshold", size(most))];
            let of = Finding::of(Rule::HelperDevice, day_key(on), helped, &evidence);
            found.extend(of);
        }
    }
    found
}
