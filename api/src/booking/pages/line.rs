//! A labelled line of a form, with what was typed before and what was wrong with it.

use crate::http::html::{Escaped, beside};

pub struct Line<'a> {
    id: &'a str,
    name: &'a str,
    label: String,
    value: &'a str,
    fault: Option<String>,
    more: &'a str,
}

impl<'a> Line<'a> {
    pub fn new(id: &'a str, name: &'a str, vi: &str, en: &str) -> Self {
        Self {
            id,
            name,
            label: beside(vi, en),
            value: "",
            fault: None,
            more: "",
        }
    }

    pub fn holding(self, value: &'a str) -> Self {
        Self { value, ..self }
    }

    /// Markup that says what to do.
    pub fn faulty(self, fault: Option<String>) -> Self {
        Self { fault, ..self }
    }

    /// Further attributes.
    pub fn with(self, more: &'a str) -> Self {
        Self { more, ..self }
    }

    pub fn markup(&self) -> String {
        let Self {
            id,
            name,
            label,
            more,
            ..
        } = self;
        let (about, fault) = match &self.fault {
            Some(fault) => (
                format!(" aria-invalid=\"true\" aria-describedby=\"{id}-about\""),
                format!("<p id=\"{id}-about\" class=\"fault\">{fault}</p>"),
            ),
            None => (String::new(), String::new()),
        };
        format!(
            "<label for=\"{id}\">{label}</label><input id=\"{id}\" name=\"{name}\" value=\"{}\" {more}{about}>{fault}",
            Escaped(self.value)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_cannot_become_markup_and_a_fault_is_read_with_its_line() {
        let line = Line::new("n", "name", "Họ và tên", "Full name").holding("\"><b>");
        assert_eq!(
            line.markup(),
            "<label for=\"n\">Họ và tên <span lang=\"en\">Full name</span></label>\
             <input id=\"n\" name=\"name\" value=\"&quot;&gt;&lt;b&gt;\" >"
        );
        let faulty = Line::new("n", "name", "A", "B").faulty(Some("C".to_owned()));
        assert!(faulty.markup().ends_with(
            "aria-invalid=\"true\" aria-describedby=\"n-about\"><p id=\"n-about\" class=\"fault\">C</p>"
        ));
    }
}
