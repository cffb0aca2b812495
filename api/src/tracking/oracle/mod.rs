//! Any interleaving, splitting, repeating and reordering of batches gives the same counts: a model
//! of the store in memory, fed in two ways, against a count that knows nothing of batches.

mod acts;
mod corrections;
mod recount;
mod scene;
mod specs;
mod world;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mobile_contracts::identity::MassUnion;
use mobile_contracts::ids::{AccountId, DeviceId, OperationId, PersonId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::tracking::{Consent, DeviceHolder, Stage};
use proptest::prelude::*;
use uuid::Uuid;

use super::batch::rules::*;
use super::code::Code;
use super::credit::rules::*;
use super::judging::rules::*;
use super::persons::merging::rules::{Head, Merges, Own, canonical, keep, regroup};
use super::persons::rules::{Field, Shown, Word, said};
use super::reading::activity::Activity;
use super::reading::{Act, Details, Draft, Kind, Sent, Who, Withdrawal};
use super::review::rules::{Held, Reviewer, approve};
use crate::geography::rules::{Geography, Level, Tie, Unit};

use self::acts::*;
use self::recount::*;
use self::scene::*;
use self::specs::*;
use self::world::*;

proptest! {
    /// Given the same receipt times, for by them untrusted clocks, claims of long ago and lateness are judged: each
    /// operation has one of its own, days apart, whichever batch brings it and however often. Two deliveries are
    /// compared with each other, and with one walk over what stands: who is credited, the counts of every day, what
    /// persons show, which activities stand. What phones were told on the way is not: it depends on the order.
    #[test]
    fn order_cut_and_repetition_change_nothing((specs, receipts, one, two) in two_deliveries()) {
        let geography = geography();
        let reinstated = one.reinstated.iter().map(|(_, op)| *op).collect();
        let one = feed(&specs, &one, &geography, |op, _| receipts[op]);
        let two = feed(&specs, &two, &geography, |op, _| receipts[op]);
        prop_assert_eq!(&one.credits, &two.credits);
        prop_assert_eq!(one.counts(), two.counts());
        prop_assert_eq!(&one.merges, &two.merges);
        prop_assert_eq!(one.counts(), recount(&specs, &geography, &receipts, &one.merges, &reinstated));
        prop_assert_eq!(&one.shown, &two.shown);
        let last = last_words(&specs, &geography, &receipts, &one.merges, &reinstated);
        prop_assert_eq!(&one.shown, &last);
        prop_assert_eq!(&one.activities, &two.activities);
        prop_assert_eq!(&one.activities, &live_activities(&specs, &geography, &receipts));
        prop_assert!(one.awaited.is_empty());
    }

    /// Received when the batch comes that brings them first: whose credit it is and of which day may differ then, and
    /// only the counts per stage are compared.
    #[test]
    fn counts_per_stage_do_not_depend_on_when_batches_came((specs, _, one, two) in two_deliveries()) {
        let geography = geography();
        let later = |_: usize, batch: usize| {
            let at = noon() + TimeDelta::minutes(37 * batch as i64);
            Receipt::new(at, at)
        };
        let one = feed(&specs, &one, &geography, later);
        let two = feed(&specs, &two, &geography, later);
        prop_assert_eq!(one.per_stage(), two.per_stage());
    }
}
