//! The pin of a ticket: with its number it shows the wait, and nothing else.

use mobile_contracts::ids::TicketId;
use subtle::ConstantTimeEq;

use crate::identity::rules::normalise_code;
use crate::privacy::keys::Keys;

/// Crockford's letters: none is taken for another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 30 bits, good for a day.
const PIN_CHARS: usize = 6;
const PIN_PURPOSE: &str = "ticket-pin/v1";

/// The pin: derived, never stored.
pub fn pin(keys: &Keys, id: TicketId) -> String {
    spell(&keys.mac(PIN_PURPOSE, &[id.0.as_bytes()]))
}

fn spell(mac: &[u8; 32]) -> String {
    mac[..PIN_CHARS]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect()
}

/// Whether somebody typed the pin of this ticket, under any of our keys.
pub fn is_pin(keys: &Keys, id: TicketId, typed: &str) -> bool {
    let typed = normalise_code(typed);
    keys.macs(PIN_PURPOSE, &[id.0.as_bytes()])
        .iter()
        .fold(false, |found, mac| {
            bool::from(spell(mac).as_bytes().ct_eq(typed.as_bytes())) | found
        })
}
