//! Who may be in a team. Pure.

use std::collections::BTreeSet;

use mobile_contracts::drive::TEAM_MEMBERS_MAX;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::AccountId;

use crate::http::failure::FieldError;

/// Somebody who is to be in a team.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub role: Role,
    pub mass_union: MassUnion,
    pub is_stopped: bool,
}

/// Everybody once, and not too many.
pub fn check_members(members: &[AccountId]) -> Option<FieldError> {
    let different: BTreeSet<&AccountId> = members.iter().collect();
    let fits = members.len() <= TEAM_MEMBERS_MAX && different.len() == members.len();
    (!fits).then(|| {
        FieldError::new(
            "/account_ids",
            "COUNT",
            format!("Mỗi đội tối đa {TEAM_MEMBERS_MAX} người, mỗi người ghi một lần."),
            format!("A team has at most {TEAM_MEMBERS_MAX} members, each named once."),
        )
    })
}

/// A team is of one of the two unions.
pub fn check_union(mass_union: MassUnion) -> Option<FieldError> {
    (mass_union == MassUnion::None).then(|| {
        FieldError::new(
            "/mass_union",
            "ONE_OF",
            "Đội thuộc Đoàn Thanh niên (youth) hoặc Hội Phụ nữ (women).",
            "A team is of the Youth Union (youth) or the Women's Union (women).",
        )
    })
}

/// A volunteer or a lead of that union who is not stopped.
pub fn check_candidate(at: usize, of: MassUnion, who: Candidate) -> Option<FieldError> {
    let goes = matches!(who.role, Role::Volunteer | Role::Lead);
    (!goes || who.mass_union != of || who.is_stopped).then(|| {
        FieldError::new(
            format!("/account_ids/{at}"),
            "MEMBER",
            "Chỉ tình nguyện viên, trưởng nhóm đang hoạt động và cùng đoàn, hội với đội.",
            "Only volunteers and leads of the team's own union who are not stopped.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_of_the_union_who_go_from_house_to_house_are_in_a_team() {
        let who = Candidate {
            role: Role::Volunteer,
            mass_union: MassUnion::Youth,
            is_stopped: false,
        };
        let judge = |who| check_candidate(0, MassUnion::Youth, who).is_none();
        assert!(judge(who));
        assert!(judge(Candidate {
            role: Role::Lead,
            ..who
        }));
        for other in [
            Candidate {
                role: Role::Officer,
                ..who
            },
            Candidate {
                mass_union: MassUnion::Women,
                ..who
            },
            Candidate {
                is_stopped: true,
                ..who
            },
        ] {
            assert!(!judge(other), "{other:?}");
        }
    }
}
