// @generated automatically by Diesel CLI.

diesel::table! {
    /// Somebody who signs in. Citizens need no account.
    account (account_id) {
        /// Made by the program (UUIDv7).
        account_id -> Uuid,
        /// Keyed hash of the phone: one account per phone.
        phone_blind -> Bytea,
        /// The phone, encrypted for this row.
        phone -> Bytea,
        /// The person's name, encrypted for this row.
        name -> Bytea,
        /// volunteer, lead, officer, reporter, commander or admin.
        role -> Text,
        /// youth (Đoàn Thanh niên), women (Hội LHPN) or none.
        mass_union -> Text,
        /// The unit within which every right holds.
        unit_id -> Int4,
        /// argon2id, in PHC form. Null until the invitation is taken up.
        password_hash -> Nullable<Text>,
        /// The given password must be changed at the first sign-in.
        must_change_password -> Bool,
        /// Since when this account may not sign in.
        disabled_at -> Nullable<Timestamptz>,
        /// Made by the demo; refused in production.
        is_demo -> Bool,
        /// When it was made.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// How far this database is ahead of its machine. One row; zero in production, where a start refuses any other; tests move their own database.
    app_clock (only_row) {
        /// Always true: keeps the table at one row.
        only_row -> Bool,
        /// Added to the machine's clock by app_now().
        time_offset -> Interval,
    }
}

diesel::table! {
    /// Who did what to which row. Append-only for the serving role; holds no personal data.
    audit_event (seq) {
        /// Order of writing.
        seq -> Int8,
        /// When.
        at -> Timestamptz,
        /// The account, or null for a citizen without one and for the program itself.
        actor_id -> Nullable<Uuid>,
        /// What was done, as feature.verb, such as booking.cancel.
        action -> Text,
        /// To what, as kind:id.
        object -> Text,
        /// Reasons and codes. Never a name, a phone or an ID number.
        detail -> Jsonb,
    }
}

diesel::table! {
    /// Answers given under a key. Claimed, worked for and answered in one transaction, so a row without an answer is never seen from outside. Kept 72 hours.
    idempotency (actor, key) {
        /// Whose key: an account, or the nonce of a stranger's hold.
        actor -> Text,
        /// The Idempotency-Key header.
        key -> Uuid,
        /// Keyed hash of the request: the same key with another body is refused. Keyed, because an ID number in a body could be guessed.
        request_hash -> Bytea,
        /// HTTP status of the answer.
        status -> Nullable<Int2>,
        /// Body of the answer. Holds no secret: secrets are derived again.
        body -> Nullable<Jsonb>,
        /// When the key was claimed.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Devices on which an account has signed in before; their brake is their own.
    known_device (device_hash) {
        /// SHA-256 of the device token that the sign-in gave out.
        device_hash -> Bytea,
        /// Whose device.
        account_id -> Uuid,
        /// When it last signed in.
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    /// The outbox: what people are to be told, written in the transaction that gives the reason.
    notice (notice_id) {
        /// Made by the program (UUIDv7).
        notice_id -> Uuid,
        /// One message per change: the same change enqueues once.
        dedupe_key -> Text,
        /// Which text, such as booking.confirmed.
        kind -> Text,
        /// The phone, encrypted for this row. Null: nobody to reach by phone.
        recipient -> Nullable<Bytea>,
        /// What the text says: times, places, codes. Never a name or an ID number.
        params -> Jsonb,
        /// Do not send earlier.
        not_before -> Timestamptz,
        /// Do not send later: a reminder after the start is noise.
        not_after -> Timestamptz,
        /// waiting, sent, failed (gave up) or dropped (its reason is gone).
        state -> Text,
        /// How often sending was tried.
        tries -> Int2,
        /// When it was written.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Codes by which an invited or locked-out person sets a password. One per account; a new one replaces the old.
    one_time_code (account_id) {
        /// Whose.
        account_id -> Uuid,
        /// Keyed hash of the code.
        code_hash -> Bytea,
        /// invitation or recovery.
        purpose -> Text,
        /// The lead who gave it out; null: the command line.
        issued_by -> Nullable<Uuid>,
        /// Good until then.
        expires_at -> Timestamptz,
        /// Wrong codes that are still forgiven.
        tries_left -> Int2,
    }
}

diesel::table! {
    /// One pair of tokens. Only hashes are kept; the pair itself is known to the device alone.
    session (access_hash) {
        /// SHA-256 of the access token, 256 random bits.
        access_hash -> Bytea,
        /// SHA-256 of the refresh token, 256 random bits.
        refresh_hash -> Bytea,
        /// The sign-in that it came of.
        family_id -> Uuid,
        /// When it was given out.
        issued_at -> Timestamptz,
        /// The access token is good until then: 15 minutes.
        access_until -> Timestamptz,
        /// The refresh token is good until then: 30 days.
        refresh_until -> Timestamptz,
        /// When either token was first seen. Until then its answer may have been lost, and the pair before it may ask again.
        first_used_at -> Nullable<Timestamptz>,
        /// When a newer pair was given out in its place.
        superseded_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// One sign-in on one device and all the tokens that came of it. Ending the family ends them all at once.
    session_family (family_id) {
        /// Made by the program (UUIDv7).
        family_id -> Uuid,
        /// Who signed in.
        account_id -> Uuid,
        /// When.
        started_at -> Timestamptz,
        /// The last moment, however often it is refreshed: 90 days.
        ends_at -> Timestamptz,
        /// When it was ended, if it was.
        ended_at -> Nullable<Timestamptz>,
        /// Why it was ended.
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// Slows guessing per phone number and device, known accounts or not, so that nobody can lock another out. In PostgreSQL, so that losing Redis forgets nothing.
    sign_in_brake (phone_blind, device) {
        /// Keyed hash of the phone that was tried, whether or not it has an account.
        phone_blind -> Bytea,
        /// The known device that tried, or 'unknown' for all others together.
        device -> Text,
        /// Failures in a row.
        failures -> Int4,
        /// When it last failed.
        last_failure_at -> Timestamptz,
        /// No earlier try is looked at.
        next_try_at -> Timestamptz,
    }
}

diesel::table! {
    /// Provinces, districts, communes and villages through time.
    unit (unit_id) {
        /// Our own number. A village keeps its number through mergers.
        unit_id -> Int4,
        /// Official code; villages have none.
        code -> Nullable<Text>,
        /// First day under this name; 2020-01-01 stands for "before this record begins".
        valid_from -> Date,
        /// First day no longer, null today.
        valid_to -> Nullable<Date>,
        /// Name with its kind, such as Xã Bác Ái Tây.
        name -> Text,
        /// Name without diacritics, in lower case, for search.
        folded -> Text,
        /// province, district, commune or village.
        level -> Text,
        /// tinh, thanh-pho, huyen, phuong, xa, thi-tran, thon, khu-pho.
        kind -> Text,
        /// Class in which communes are ranked: urban, lowland or upland. An assumption an operator may change.
        class -> Nullable<Text>,
    }
}

diesel::table! {
    /// Where a unit belongs, from day to day. For a village the tie changes while the village stays.
    unit_parent (unit_id, valid_from) {
        /// The unit.
        unit_id -> Int4,
        /// The unit above it.
        parent_id -> Int4,
        /// First day of this tie.
        valid_from -> Date,
        /// First day no longer, null today.
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    /// Counts the imports of units, so that every process knows when its copy of the tree is old.
    unit_revision (only_row) {
        /// Always true: keeps the table at one row.
        only_row -> Bool,
        /// Raised by every import that changed something.
        revision -> Int8,
    }
}

diesel::table! {
    /// Who continues whom after a merger or a split. Shares of a split are by village, never a number.
    unit_successor (unit_id, successor_id) {
        /// The unit that ended, or changed its span.
        unit_id -> Int4,
        /// The unit that continues it.
        successor_id -> Int4,
        /// First day of the successor.
        on_date -> Date,
        /// whole, or part: then by village.
        share -> Text,
        /// Which villages a part is, in words.
        villages -> Nullable<Text>,
    }
}

diesel::joinable!(account -> unit (unit_id));
diesel::joinable!(known_device -> account (account_id));
diesel::joinable!(session -> session_family (family_id));
diesel::joinable!(session_family -> account (account_id));

diesel::allow_tables_to_appear_in_same_query!(
    account,
    app_clock,
    audit_event,
    idempotency,
    known_device,
    notice,
    one_time_code,
    session,
    session_family,
    sign_in_brake,
    unit,
    unit_parent,
    unit_revision,
    unit_successor,
);
