//! A group of persons under lock, and other merges put into effect for it.

use std::collections::BTreeSet;

use diesel::result::Error;
use mobile_contracts::ids::{PersonId, UnitId};

use super::rules::{Head, Merges, Own, canonical, regroup};
use super::store::{self, Member};
use crate::db::Conn;
use crate::privacy::keys::Keys;
use crate::tracking::batch::raced;
use crate::tracking::batch::store::touch_operations;
use crate::tracking::persons::fields;
use crate::tracking::{credit, persons};

/// All whom some persons stand for or who are stood for together with them: nobody else records about
/// any of them, or merges them, until the transaction ends.
pub(super) struct Group {
    members: Vec<Member>,
    merges: Merges,
}

impl Group {
    /// Locks in the order in which everybody locks persons.
    pub(super) async fn lock(conn: &mut Conn, named: &[PersonId]) -> Result<Self, Error> {
        let members = store::lock_groups(conn, named).await?;
        let ids: Vec<PersonId> = members.iter().map(|member| member.person_id).collect();
        let heads: BTreeSet<PersonId> = members.iter().map(Member::canonical).collect();
        // Whoever merged them meanwhile is through now: somebody may have come to the group.
        let heads: Vec<PersonId> = heads.into_iter().collect();
        let now = persons::store::list_members(conn, &heads).await?;
        if now.keys().any(|id| !ids.contains(id)) {
            return Err(raced());
        }
        let merges = store::list_merges_of(conn, &ids).await?;
        Ok(Self { members, merges })
    }

    pub(super) fn head_of(&self, person: PersonId) -> Option<Head> {
        let head = canonical(&self.merges, person);
        let member = self.members.iter().find(|one| one.person_id == head)?;
        Some(Head {
            person_id: head,
            has_number: member.has_number,
        })
    }

    /// Where its members were first met.
    pub(super) fn villages(&self) -> impl Iterator<Item = UnitId> {
        self.members.iter().map(|member| member.village_id)
    }

    /// Puts a change of merges into effect. The rollups are last, as in every transaction.
    pub(super) async fn apply(
        &self,
        conn: &mut Conn,
        keys: &Keys,
        change: impl FnOnce(&mut Merges),
    ) -> Result<(), Error> {
        let mut after = self.merges.clone();
        change(&mut after);
        let members: BTreeSet<PersonId> = self.members.iter().map(|one| one.person_id).collect();
        let ids: Vec<PersonId> = members.iter().copied().collect();
        let own = Own {
            facts: credit::store::list_own_facts(conn, &ids).await?,
            words: persons::store::list_own_words(conn, &ids).await?,
        };
        let regrouped = regroup(&members, &own, &self.merges, &after);
        store::set_canonical(conn, &regrouped.canonical).await?;
        store::settle_restriction(conn, &ids).await?;
        fields::show(conn, keys, &regrouped.shown, fields::Values::new()).await?;
        credit::store::set_credits(conn, &regrouped.credit.credits).await?;
        if !regrouped.credit.moved.is_empty() {
            touch_operations(conn, &regrouped.credit.moved).await?;
        }
        credit::store::add_to_rollups(conn, &regrouped.credit.tally).await
    }
}
