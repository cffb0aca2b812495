//! Operations: what is asked for, with what, and what is answered.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{Document, Operation, object, says, text};
use super::schemas::{Direction, Schemas};
use super::{Changes, Weight};

pub fn compare(changes: &mut Changes, old: &Document<'_>, new: &Document<'_>) {
    let (before, after) = (old.operations(), new.operations());
    for (name, was) in &before {
        match after.get(name) {
            None => changes.breaks(name, "the operation is gone"),
            Some(is) => {
                let mut pair = Pair {
                    changes,
                    name,
                    old,
                    new,
                };
                pair.compare(was, is);
            }
        }
    }
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        changes.adds(name, "a new operation");
    }
}

/// One operation in both documents.
struct Pair<'c, 'd> {
    changes: &'c mut Changes,
    name: &'c str,
    old: &'c Document<'d>,
    new: &'c Document<'d>,
}

impl<'d> Pair<'_, 'd> {
    fn compare(&mut self, was: &Operation<'d>, is: &Operation<'d>) {
        let name = self.name;
        if text(was.value, "operationId") != text(is.value, "operationId") {
            self.changes.breaks(
                name,
                "its operation id changed, and generated clients call it by that",
            );
        }
        if was.value["tags"] != is.value["tags"] {
            self.changes.breaks(
                name,
                "its tags changed, and generated clients group by those",
            );
        }
        for words in ["summary", "description"] {
            if text(was.value, words) != text(is.value, words) {
                let what = format!("its {words} reads differently");
                self.changes.add(Weight::Text, name, what);
            }
        }
        if !says(was.value, "deprecated") && says(is.value, "deprecated") {
            self.changes.adds(name, "deprecated: it will go one day");
        }
        self.security(was.value, is.value);
        self.parameters(was, is);
        self.body(&was.value["requestBody"], &is.value["requestBody"]);
        self.responses(&was.value["responses"], &is.value["responses"]);
    }

    fn at(&self, place: &str) -> String {
        format!("{}: {place}", self.name)
    }

    fn schemas(&mut self, at: &str, direction: Direction, was: &'d Value, is: &'d Value) {
        let mut schemas = Schemas::new(self.changes, self.old, self.new, direction);
        schemas.compare(at, was, is);
    }

    /// Whoever was let in before must be let in still.
    fn security(&mut self, was: &'d Value, is: &'d Value) {
        let (was, is) = (self.old.security(was), self.new.security(is));
        let is_for_strangers = |ways: &[&Value]| {
            let mut ways = ways.iter();
            ways.len() == 0 || ways.any(|way| object(way).next().is_none())
        };
        let (was_open, is_open) = (is_for_strangers(&was), is_for_strangers(&is));
        let lost = was.iter().any(|way| !is.contains(way));
        if !is_open && (was_open || lost) {
            let name = self.name;
            self.changes
                .breaks(name, "who may call it is asked for more than before");
        }
    }

    fn parameters(&mut self, was: &Operation<'d>, is: &Operation<'d>) {
        for (name, old) in &was.parameters {
            let at = self.at(name);
            let Some(new) = is.parameters.get(name) else {
                self.changes
                    .breaks(&at, "the parameter is gone, and an unknown one is refused");
                continue;
            };
            if !says(old, "required") && says(new, "required") {
                self.changes.breaks(&at, "it must be given now");
            }
            if text(old, "style") != text(new, "style") || old.get("explode") != new.get("explode")
            {
                self.changes.breaks(&at, "it is written another way");
            }
            self.schemas(&at, Direction::Request, &old["schema"], &new["schema"]);
        }
        for (name, new) in &is.parameters {
            if was.parameters.contains_key(name) {
                continue;
            }
            let at = self.at(name);
            if says(new, "required") {
                self.changes
                    .breaks(&at, "a new parameter that must be given");
            } else {
                self.changes.adds(&at, "a new parameter");
            }
        }
    }

    fn body(&mut self, was: &'d Value, is: &'d Value) {
        let (was, is) = (self.old.resolve(was), self.new.resolve(is));
        let at = self.at("request");
        match (was.is_null(), is.is_null()) {
            (true, true) => return,
            (true, false) if says(is, "required") => {
                return self.changes.breaks(&at, "a body must be sent now");
            }
            (true, false) => return self.changes.adds(&at, "a body may be sent"),
            (false, true) => return self.changes.breaks(&at, "no body is taken any more"),
            (false, false) => {}
        }
        if !says(was, "required") && says(is, "required") {
            self.changes.breaks(&at, "a body must be sent now");
        }
        self.contents(&at, Direction::Request, &was["content"], &is["content"]);
    }

    fn responses(&mut self, was: &'d Value, is: &'d Value) {
        let statuses = |responses: &'d Value| -> BTreeSet<&'d str> {
            object(responses)
                .map(|(status, _)| status.as_str())
                .collect()
        };
        let (before, after) = (statuses(was), statuses(is));
        for status in before.difference(&after) {
            let at = self.at(status);
            if is_success(status) {
                self.changes.breaks(&at, "the answer is not given any more");
            } else {
                self.changes
                    .adds(&at, "it is not refused in that way any more");
            }
        }
        for status in after.difference(&before) {
            let at = self.at(status);
            if *status == NOT_MODIFIED {
                self.changes
                    .adds(&at, "it says when nothing changed, to whoever asks");
            } else if is_success(status) {
                self.changes
                    .breaks(&at, "an answer that nobody was told to expect");
            } else {
                self.changes.adds(&at, "it may be refused in that way too");
            }
        }
        for status in before.intersection(&after) {
            let at = self.at(status);
            let (old, new) = (
                self.old.resolve(&was[*status]),
                self.new.resolve(&is[*status]),
            );
            for (header, _) in object(&old["headers"]) {
                if new["headers"].get(header).is_none() {
                    self.changes
                        .breaks(&at, format!("the header {header} is gone"));
                }
            }
            self.contents(&at, Direction::Response, &old["content"], &new["content"]);
        }
    }

    /// The same thing in several media types.
    fn contents(&mut self, at: &str, direction: Direction, was: &'d Value, is: &'d Value) {
        for (media, old) in object(was) {
            match is.get(media) {
                None => self.changes.breaks(at, format!("not as {media} any more")),
                Some(new) => self.schemas(at, direction, &old["schema"], &new["schema"]),
            }
        }
        for (media, _) in object(is).filter(|(media, _)| was.get(*media).is_none()) {
            self.changes.adds(at, format!("as {media} too"));
        }
    }
}

/// Given to nobody but who sends If-None-Match, which no program does that was not told of ETags here.
const NOT_MODIFIED: &str = "304";

fn is_success(status: &str) -> bool {
    !matches!(status.as_bytes().first(), Some(b'4' | b'5'))
}
