//! Operation meets role: the one table of who may do what. Each right holds only inside the
//! caller's own unit; see [`super::Caller::require_unit`].

pub use mobile_contracts::identity::Role;

use Role::{Admin, Commander, Lead, Officer, Reporter, Volunteer};

/// A right that a handler asks for in its signature: `caller: Caller<RecordWork>`.
pub trait Permission: 'static {
    const NAME: &'static str;
    const ROLES: &'static [Role];
    /// Whether somebody who must still change a given password may use it.
    const BEFORE_PASSWORD_CHANGE: bool = false;
    /// Whether somebody may use it who signed in on a phone that was reported lost: it still sends what it
    /// has, and reads nothing.
    const ON_LOST_PHONE: bool = false;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $word:literal for [$($role:ident),+] $(, $also:ident)?;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Permission for $name {
                const NAME: &'static str = $word;
                const ROLES: &'static [Role] = &[$($role),+];
                $(const $also: bool = true;)?
            }
        )+

        /// Every right with the roles that have it.
        pub const PERMISSIONS: &[(&str, &[Role])] = &[$(($word, &[$($role),+])),+];
    };
}

permissions! {
    /// Record work in villages, offline or at once.
    RecordWork = "record_work" for [Volunteer, Lead];
    /// Send what was recorded, by whoever might then: a phone never keeps what nobody takes.
    SendWork = "send_work" for [Volunteer, Lead, Officer, Reporter, Commander, Admin], ON_LOST_PHONE;
    /// Read what became of one's own work, whatever one's role is by now.
    ReadOwnWork = "read_own_work" for [Volunteer, Lead, Officer, Reporter, Commander, Admin];
    /// Correct what others recorded.
    CorrectWork = "correct_work" for [Lead, Commander];
    /// Import lists of people, and take them back.
    ImportRosters = "import_rosters" for [Lead, Commander, Admin];
    /// See what is left to do in villages, by name.
    ReadWorklists = "read_worklists" for [Volunteer, Lead, Commander];
    /// Say who works which village, and hand work over.
    AssignWork = "assign_work" for [Lead, Commander];
    /// Take tables away.
    ExportTables = "export_tables" for [Lead, Commander];
    /// Write down what a person asks for about their own data.
    ReceiveRights = "receive_rights" for [Volunteer, Lead, Officer, Commander];
    /// Decide about it, and do it.
    DecideRights = "decide_rights" for [Lead, Commander];
    /// See leaderboards with exact numbers.
    ReadBoards = "read_boards" for [Volunteer, Lead, Officer, Reporter, Commander, Admin];
    /// See what each volunteer of one's unit brought.
    ReadVolunteers = "read_volunteers" for [Lead, Commander, Admin];
    /// Book for somebody who stands beside one.
    BookForOthers = "book_for_others" for [Volunteer, Lead, Officer];
    /// Book a school class or an agency from a list.
    BookGroups = "book_groups" for [Lead, Officer, Admin];
    /// Lift the limits on booking for somebody one knows.
    LiftBookingLimits = "lift_booking_limits" for [Lead, Officer, Commander];
    /// Run the desk: the day's list, finding a booking by the card, moving and voiding it.
    RunDesk = "run_desk" for [Officer, Admin];
    /// See an office's days in figures, without names.
    ReadDesk = "read_desk" for [Officer, Commander, Admin];
    /// Set hours, capacity and addresses of offices.
    ManageOffices = "manage_offices" for [Officer, Admin];
    /// Close all offices within a unit on some days.
    CloseOffices = "close_offices" for [Commander, Admin];
    /// See how long records are kept.
    ManageRetention = "manage_retention" for [Admin];
    /// See how the program itself fares: what the nightly recount of the boards found, who calls what will go.
    SeeRecounts = "see_recounts" for [Admin];
    /// Decide which days are worked, for everybody.
    ManageCalendar = "manage_calendar" for [Admin];
    /// Set targets.
    ManageTargets = "manage_targets" for [Commander, Admin];
    /// Open, change and close campaigns, set what they aim at, put teams together.
    ManageCampaigns = "manage_campaigns" for [Lead, Commander, Admin];
    /// Report what the police have wrong of somebody.
    ReportData = "report_data" for [Volunteer, Lead, Officer];
    /// See to it that they put it right.
    MendData = "mend_data" for [Lead, Officer, Commander];
    /// Say something about a signal: whoever it concerns, and who answers for the place.
    AnswerSignals = "answer_signals" for [Volunteer, Lead, Commander];
    /// Set from when on something is a signal, for everybody.
    ManageSignals = "manage_signals" for [Admin];
    /// Bring the police's list of a commune.
    ImportPoliceLists = "import_police_lists" for [Officer, Commander, Admin];
    /// Find out why numbers differ from the police's.
    ReconcileNumbers = "reconcile_numbers" for [Lead, Officer, Commander, Admin];
    /// Read a day of one's unit in the evening.
    ReadBrief = "read_brief" for [Lead, Commander, Admin];
    /// See reporting periods, their figures and their reports.
    ReadReports = "read_reports" for [Lead, Officer, Reporter, Commander, Admin];
    /// Enter the figures of a report.
    EnterIndicators = "enter_indicators" for [Officer, Reporter, Commander];
    /// Edit the catalogue of what is counted for reports, for everybody.
    ManageIndicators = "manage_indicators" for [Admin];
    /// Write down directives, difficulties, proposals and tasks, and what became of them.
    KeepRegisters = "keep_registers" for [Lead, Officer, Reporter, Commander];
    /// Open and close periods, correct closed ones, write and issue reports.
    IssueReports = "issue_reports" for [Commander, Admin];
    /// Invite, change and stop accounts; whose, says [`may_manage`].
    ManageAccounts = "manage_accounts" for [Lead, Commander, Admin];
}

/// Everything that concerns only oneself.
#[derive(Debug, Clone, Copy)]
pub struct OwnAccount;

impl Permission for OwnAccount {
    const NAME: &'static str = "own_account";
    const ROLES: &'static [Role] = &Role::ALL;
    const BEFORE_PASSWORD_CHANGE: bool = true;
    const ON_LOST_PHONE: bool = true;
}

/// Whose accounts somebody may invite, change and stop. Nobody manages their equals but
/// administrators.
pub fn may_manage(caller: Role, target: Role) -> bool {
    match caller {
        Admin => true,
        Commander => matches!(target, Volunteer | Lead | Officer | Reporter),
        Lead => target == Volunteer,
        Volunteer | Officer | Reporter => false,
    }
}

/// The rights of a role, by name.
pub fn rights_of(role: Role) -> Vec<String> {
    PERMISSIONS
        .iter()
        .filter(|(_, roles)| roles.contains(&role))
        .map(|(name, _)| (*name).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_but_an_administrator_manages_an_equal_or_a_better() {
        for role in [Volunteer, Lead, Officer, Reporter, Commander] {
            assert!(!may_manage(role, role), "{role:?}");
            assert!(!may_manage(role, Admin), "{role:?}");
        }
        assert!(!may_manage(Lead, Commander));
    }
}
