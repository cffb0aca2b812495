//! What requests name: one of each kind within one commune, so that the table of rights can ask for
//! one's own, somebody else's, and one that is not there.

use super::makers::{
    Recorded, assignment_of, call_back_of, campaign_of, correction_of, device_of, draw_of,
    entry_of, exception_of, group, merge_of, notice_of, period_of, persons_of, police_list_of,
    record, report_of, request_of, roster_of, sent, signal_of, slot_length_of, task_of,
    transfer_of,
};
use super::sample::Fill;
use super::{Person, TestApp, citizen};
use chrono::{DateTime, NaiveDate, Utc};
use mobile_contracts::booking::{BookedAppointment, Hold};
use mobile_contracts::calendar::local_day;
use mobile_contracts::identity::{MassUnion, Role};
use mobile_contracts::ids::{AccountId, AppointmentId, OfficeId, TicketId, UnitId};
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Things {
    unit_id: UnitId,
    unit_code: String,
    village_id: UnitId,
    account_id: AccountId,
    other_account_id: AccountId,
    assignment_id: Uuid,
    transfer_id: Uuid,
    office_id: OfficeId,
    appointment_id: AppointmentId,
    notice_id: Uuid,
    ticket_id: TicketId,
    operation_id: Uuid,
    held_op_id: Uuid,
    recorded_person_id: Uuid,
    other_person_id: Uuid,
    merge_id: Uuid,
    roster_id: Uuid,
    rights_request_id: Uuid,
    signal_id: Uuid,
    draw_id: Uuid,
    call_back_id: Uuid,
    task_id: Uuid,
    police_list_id: Uuid,
    campaign_id: Uuid,
    team_id: Uuid,
    activity_id: Uuid,
    correction_id: Uuid,
    data_report_id: Uuid,
    period_id: Uuid,
    entry_id: Uuid,
    registered_device_id: Uuid,
    exception_id: Uuid,
    /// Since when its office's slots have another length.
    first_on: NaiveDate,
    group_id: Uuid,
    /// Whose appointment it is: the number on the card, and a hold for moving it.
    card_number: String,
    hold_token: String,
    /// A slot of the office.
    starts_at: DateTime<Utc>,
    /// Who asks.
    caller: Option<AccountId>,
}

/// Names that end in `_id` and lead to nobody's thing: made by the phone itself, or the caller's own.
const MADE_BY_THE_SENDER: &[&str] = &[
    "author_id",
    "device_id",
    "line_id",
    "op_id",
    "person_id",
    "push_id",
    "report_id",
];

impl Things {
    /// Lets the operation be one that this person sent.
    pub async fn be_sent_by(&mut self, app: &TestApp, author: &Person) {
        self.operation_id = sent(app, author, self.village_id).await;
    }

    /// One of each, just made. The author records something; the caller is who will ask.
    pub async fn within(
        app: &TestApp,
        commune_code: &str,
        author: &Person,
        caller: &Person,
    ) -> Self {
        let unit_id = app.commune(commune_code).await;
        let draw_id = draw_of(app, unit_id, "failed").await;
        let volunteer = app.signed_up(Role::Volunteer, MassUnion::Youth, unit_id);
        let account_id = volunteer.await.account_id.unwrap();
        let other = app.signed_up(Role::Volunteer, MassUnion::Youth, unit_id);
        let other_account_id = other.await.account_id.unwrap();
        let office = app.office(commune_code, 4).await;
        let starts_at = app.coming(1)[0];
        let stranger = app.stranger();
        let card_number = citizen::id_number();
        let booked: BookedAppointment = stranger.book(&office, starts_at, &card_number).await;
        let later = app.coming(2)[1];
        let hold = stranger.hold(&office, later, &[&card_number]).await;
        let village_id = app.village(commune_code, 0).await;
        let Recorded {
            operation_id,
            held_op_id,
            recorded_person_id,
            recorded_op_id,
            activity_id,
        } = record(app, author, village_id).await;
        let correction_id = correction_of(app, activity_id, author.account_id.unwrap()).await;
        let (campaign_id, team_id) = campaign_of(app, unit_id, account_id).await;
        let [other_person_id, kept_id, merged_id] = persons_of(app, village_id).await;
        Self {
            unit_id,
            unit_code: commune_code.to_owned(),
            village_id,
            account_id,
            other_account_id,
            assignment_id: assignment_of(app, account_id, village_id).await,
            transfer_id: transfer_of(app, account_id, other_account_id).await,
            office_id: office.office_id,
            appointment_id: booked.appointment_id,
            notice_id: notice_of(app, booked.appointment_id).await,
            ticket_id: app.ticket(office.office_id).await,
            operation_id,
            held_op_id,
            recorded_person_id,
            other_person_id,
            merge_id: merge_of(app, kept_id, merged_id, account_id).await,
            roster_id: roster_of(app, unit_id, account_id).await,
            rights_request_id: request_of(app, recorded_person_id, village_id, account_id).await,
            signal_id: signal_of(app, author.account_id.unwrap(), unit_id).await,
            draw_id,
            call_back_id: call_back_of(app, recorded_op_id, unit_id, caller.account_id.unwrap())
                .await,
            task_id: task_of(app, unit_id, account_id).await,
            police_list_id: police_list_of(app, unit_id, account_id).await,
            campaign_id,
            team_id,
            activity_id,
            correction_id,
            data_report_id: report_of(app, recorded_person_id, village_id, account_id).await,
            period_id: period_of(app, unit_id, account_id).await,
            entry_id: entry_of(app, unit_id, account_id).await,
            registered_device_id: device_of(app, account_id).await,
            exception_id: exception_of(app, office.office_id).await,
            first_on: slot_length_of(app, office.office_id, account_id).await,
            group_id: group(app, commune_code, caller, &office, starts_at).await,
            card_number,
            hold_token: hold.expect(201).json::<Hold>().hold_token,
            starts_at,
            caller: caller.account_id,
        }
    }

    /// The same names, leading nowhere.
    pub fn nowhere(&self) -> Self {
        Self {
            unit_id: UnitId(999_999),
            unit_code: "99999".to_owned(),
            village_id: UnitId(999_999),
            account_id: AccountId(Uuid::now_v7()),
            other_account_id: AccountId(Uuid::now_v7()),
            assignment_id: Uuid::now_v7(),
            transfer_id: Uuid::now_v7(),
            office_id: OfficeId(999_999),
            appointment_id: AppointmentId(Uuid::now_v7()),
            notice_id: Uuid::now_v7(),
            ticket_id: TicketId(Uuid::now_v7()),
            operation_id: Uuid::now_v7(),
            held_op_id: Uuid::now_v7(),
            recorded_person_id: Uuid::now_v7(),
            other_person_id: Uuid::now_v7(),
            merge_id: Uuid::now_v7(),
            roster_id: Uuid::now_v7(),
            rights_request_id: Uuid::now_v7(),
            signal_id: Uuid::now_v7(),
            draw_id: Uuid::now_v7(),
            call_back_id: Uuid::now_v7(),
            task_id: Uuid::now_v7(),
            police_list_id: Uuid::now_v7(),
            campaign_id: Uuid::now_v7(),
            team_id: Uuid::now_v7(),
            activity_id: Uuid::now_v7(),
            correction_id: Uuid::now_v7(),
            data_report_id: Uuid::now_v7(),
            period_id: Uuid::now_v7(),
            entry_id: Uuid::now_v7(),
            registered_device_id: Uuid::now_v7(),
            exception_id: Uuid::now_v7(),
            first_on: self.first_on,
            group_id: Uuid::now_v7(),
            ..self.clone()
        }
    }

    /// Whether a name leads to something that lies in a unit. One that nobody has thought about yet
    /// fails the test.
    pub fn is_name(name: &str) -> bool {
        let known = matches!(
            name,
            "unit_id"
                | "unit_code"
                | "within"
                | "village_id"
                | "village_ids"
                | "account_id"
                | "from_account_id"
                | "to_account_id"
                | "assignment_id"
                | "transfer_id"
                | "account_ids"
                | "office_id"
                | "appointment_id"
                | "notice_id"
                | "ticket_id"
                | "group_id"
                | "op_ids"
                | "held_op_id"
                | "recorded_person_id"
                | "one_person_id"
                | "other_person_id"
                | "merge_id"
                | "roster_id"
                | "rights_request_id"
                | "signal_id"
                | "draw_id"
                | "call_back_id"
                | "task_id"
                | "police_list_id"
                | "campaign_id"
                | "team_id"
                | "activity_id"
                | "correction_id"
                | "data_report_id"
                | "period_id"
                | "entry_id"
                | "registered_device_id"
                | "target_op_id"
                | "exception_id"
        );
        let looks_like_one = name.ends_with("_id") || name.ends_with("_ids");
        assert!(
            known || !looks_like_one || MADE_BY_THE_SENDER.contains(&name),
            "{name} names something: say in things.rs what it is, or that it is the sender's own"
        );
        known
    }
}

impl Fill for Things {
    fn fill(&self, name: &str) -> Option<Value> {
        Some(match name {
            "unit_id" | "within" => json!(self.unit_id),
            "unit_code" => json!(self.unit_code),
            "village_id" | "village_ids" => json!(self.village_id),
            "account_id" | "account_ids" | "from_account_id" => json!(self.account_id),
            "to_account_id" => json!(self.other_account_id),
            "assignment_id" => json!(self.assignment_id),
            "transfer_id" => json!(self.transfer_id),
            "office_id" => json!(self.office_id),
            "appointment_id" => json!(self.appointment_id),
            "notice_id" => json!(self.notice_id),
            "ticket_id" => json!(self.ticket_id),
            "op_ids" | "target_op_id" => json!(self.operation_id),
            "held_op_id" => json!(self.held_op_id),
            "recorded_person_id" | "one_person_id" => json!(self.recorded_person_id),
            "other_person_id" => json!(self.other_person_id),
            "merge_id" => json!(self.merge_id),
            "roster_id" => json!(self.roster_id),
            "list_name" | "list_source" => json!("Thử"),
            "worklist" => json!("not_contacted"),
            "listed_on" => json!("2026-01-05"),
            "rights_request_id" => json!(self.rights_request_id),
            "signal_id" => json!(self.signal_id),
            "draw_id" => json!(self.draw_id),
            "call_back_id" => json!(self.call_back_id),
            "task_id" => json!(self.task_id),
            "police_list_id" => json!(self.police_list_id),
            "campaign_id" => json!(self.campaign_id),
            "team_id" => json!(self.team_id),
            "activity_id" => json!(self.activity_id),
            "correction_id" => json!(self.correction_id),
            "data_report_id" => json!(self.data_report_id),
            "period_id" => json!(self.period_id),
            "entry_id" => json!(self.entry_id),
            "indicator" => json!("dvc25"),
            "span" => json!("in_period"),
            "format" => json!("xlsx"),
            "section" => json!("strengths"),
            "registered_device_id" => json!(self.registered_device_id),
            "exception_id" => json!(self.exception_id),
            "first_on" => json!(self.first_on),
            "group_id" => json!(self.group_id),
            "card_number" => json!(self.card_number),
            "hold_token" => json!(self.hold_token),
            "starts_at" => json!(self.starts_at),
            "on" => json!(local_day(api::clock::Clock::default().now())),
            "service" => json!("cccd_new"),
            "fit" => json!("as_many"),
            "identity_shown" => json!("card"),
            "author_id" => json!(self.caller),
            _ => return None,
        })
    }
}

/// The account of a role in a commune, signed in.
pub async fn caller(app: &TestApp, role: Role, commune_code: &str) -> Person {
    let mass_union = match role {
        Role::Volunteer | Role::Lead => MassUnion::Youth,
        _ => MassUnion::None,
    };
    let unit = app.commune(commune_code).await;
    app.account(role, mass_union, unit).await
}
