//! A brief as one message of a group chat.

use mobile_contracts::brief::TEXT_CHARS_MAX;

use super::rules::{Facts, Part};
use super::words::Speaker;

/// Most lines of a part in a message; of what is to be done twice as many.
const LINES_MAX: usize = 6;

/// The whole of it as one message: fewer lines of each part where it would be too long.
pub fn text(speaker: &Speaker<'_>, facts: &Facts) -> String {
    let shorter = (0..LINES_MAX)
        .rev()
        .map(|fewer| text_of(speaker, facts, fewer + 1));
    let mut last = String::new();
    for text in shorter {
        if text.chars().count() <= TEXT_CHARS_MAX {
            return text;
        }
        last = text;
    }
    last.chars().take(TEXT_CHARS_MAX).collect()
}

fn text_of(speaker: &Speaker<'_>, facts: &Facts, most: usize) -> String {
    let asked = speaker.asked;
    let name = asked
        .geography
        .name_on(asked.within, asked.on)
        .to_uppercase();
    let on = speaker.day(facts.on);
    let (steps, activated) = facts.sum(facts.on);
    let (before, _) = facts.sum(facts.on - chrono::Days::new(1));
    let (steps, before) = (speaker.count(steps), speaker.count(before));
    let activated = speaker.count(activated);
    let mut lines = vec![
        speaker.pick(format!("TIN TỐI {on} - {name}"), format!("EVENING BRIEF {on} - {name}")),
        speaker.pick(
            format!("Trong ngày: {steps} bước (hôm trước {before}), trong đó {activated} kích hoạt mức 2."),
            format!("Steps of the day: {steps} (the day before: {before}); level 2 activated: {activated}."),
        ),
    ];
    for (number, part) in Part::ALL.into_iter().enumerate() {
        lines.push(format!("{}. {}", number + 1, speaker.title(part)));
        let items = facts.items(part);
        let most = most_of(part, most);
        if items.is_empty() {
            lines.push(speaker.nothing(part));
        }
        lines.extend(
            items
                .iter()
                .take(most)
                .map(|item| format!("• {}", speaker.line(item))),
        );
        if items.len() > most {
            let more = items.len() - most;
            lines.push(speaker.pick(
                format!("… và {more} dòng khác"),
                format!("… and {more} more"),
            ));
        }
    }
    let at = asked.now + chrono::TimeDelta::hours(7);
    let at = speaker.pick(
        format!("Số liệu lúc {}.", at.format("%H:%M %d/%m/%Y")),
        format!("As of {} (+07:00).", at.format("%Y-%m-%d %H:%M")),
    );
    lines.push(at);
    lines.join("\n")
}

/// What is to be done is one line of each kind, and worth more of them.
fn most_of(part: Part, most: usize) -> usize {
    match part {
        Part::Tomorrow => 2 * most,
        _ => most,
    }
}

#[cfg(test)]
mod tests;
