//! Who comes, as a form says it, and the form that shows it again.

use std::fmt::Write as _;

use chrono::NaiveDate;
use mobile_contracts::booking::{ConfirmHold, Consent, Proxy, Visitor};
use mobile_contracts::calendar::local_day;
use serde::Deserialize;

use super::hidden;
use super::line::Line;
use super::refusal::Refusal;
use crate::app::App;
use crate::geography::Level;
use crate::http::failure::Failure;
use crate::http::html::{Escaped, beside};

/// What is left empty is an empty text.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct PersonForm {
    pub service: String,
    pub name: String,
    pub id_number: String,
    phone: String,
    birth_on: String,
    guardian_name: String,
    village: String,
    consent: String,
    proxy_name: String,
    proxy_relation: String,
    proxy_phone: String,
}

fn given(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

impl PersonForm {
    /// Nothing typed yet.
    pub fn wanting(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            ..Self::default()
        }
    }

    fn visitor(&self) -> Visitor {
        Visitor {
            id_number: self.id_number.clone(),
            name: self.name.clone(),
            birth_on: self.birth_on.parse::<NaiveDate>().ok(),
            phone: given(&self.phone),
            village_id: self.village.parse().ok(),
            outside_province: self.village == "outside",
            consent: if self.consent == "yes" {
                Consent::SelfGiven
            } else {
                Consent::None
            },
            guardian_name: given(&self.guardian_name),
        }
    }

    /// Whoever says anything of themselves books for somebody else.
    fn proxy(&self) -> Option<Proxy> {
        let all = [&self.proxy_name, &self.proxy_relation, &self.proxy_phone];
        all.iter()
            .any(|text| !text.trim().is_empty())
            .then(|| Proxy {
                name: self.proxy_name.clone(),
                relation: self.proxy_relation.clone(),
                phone: given(&self.proxy_phone),
            })
    }

    /// What is asked with it, under this token.
    pub fn confirmation(&self, hold_token: String) -> ConfirmHold {
        ConfirmHold {
            hold_token,
            service_code: self.service.clone(),
            visitors: vec![self.visitor()],
            proxy: self.proxy(),
        }
    }

    /// The same again, to be sent with what follows.
    pub fn repeat(&self) -> String {
        [
            ("service", &self.service),
            ("name", &self.name),
            ("id_number", &self.id_number),
            ("phone", &self.phone),
            ("birth_on", &self.birth_on),
            ("guardian_name", &self.guardian_name),
            ("village", &self.village),
            ("consent", &self.consent),
            ("proxy_name", &self.proxy_name),
            ("proxy_relation", &self.proxy_relation),
            ("proxy_phone", &self.proxy_phone),
        ]
        .iter()
        .map(|(name, value)| hidden(name, value))
        .collect()
    }

    /// The fields, as they were filled in, each with what is wrong with it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn fields(&self, app: &App, refusal: Option<&Refusal>) -> Result<String, Failure> {
        let at = |pointers: &[&str]| refusal.and_then(|refusal| refusal.fault_at(pointers));
        let mut fields = String::new();
        for line in [
            Line::new("n", "name", "Họ và tên", "Full name")
                .holding(&self.name)
                .faulty(at(&["/visitors/0/name"]))
                .with("required autocomplete=\"name\" maxlength=\"100\""),
            Line::new(
                "i",
                "id_number",
                "Số định danh (12 số)",
                "ID number (12 digits)",
            )
            .holding(&self.id_number)
            .faulty(at(&["/visitors/0/id_number", "/id_numbers/0"]))
            .with("required inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"20\""),
            Line::new(
                "p",
                "phone",
                "Số điện thoại của người này (nếu có)",
                "Their mobile number (if any)",
            )
            .holding(&self.phone)
            .faulty(at(&["/visitors/0/phone"]))
            .with("inputmode=\"tel\" autocomplete=\"tel\" maxlength=\"20\""),
            Line::new(
                "b",
                "birth_on",
                "Ngày sinh (nếu có thể dưới 14 tuổi)",
                "Date of birth (if under 14)",
            )
            .holding(&self.birth_on)
            .faulty(at(&["/visitors/0/birth_on"]))
            .with("type=\"date\""),
            Line::new(
                "g",
                "guardian_name",
                "Họ tên cha, mẹ hoặc người giám hộ đi cùng (nếu dưới 14 tuổi)",
                "Parent or guardian who comes along (under 14)",
            )
            .holding(&self.guardian_name)
            .faulty(at(&["/visitors/0/guardian_name"]))
            .with("maxlength=\"100\""),
        ] {
            fields.push_str(&line.markup());
        }
        fields.push_str(&self.village_field(app).await?);
        fields.push_str(&self.proxy_fields(&at));
        Ok(fields)
    }

    async fn village_field(&self, app: &App) -> Result<String, Failure> {
        let villages = village_options(app, &self.village).await?;
        let selected = |value: &str| {
            if self.village == value {
                " selected"
            } else {
                ""
            }
        };
        Ok(format!(
            "<label for=\"v\">{home}</label><select id=\"v\" name=\"village\"><option value=\"\">Không ghi (not told)</option>{villages}\
             <option value=\"outside\"{outside}>Ngoài tỉnh (outside the province)</option></select>\
             <label class=\"check\"><input type=\"checkbox\" name=\"consent\" value=\"yes\"{checked}> <span class=\"beside\">{consent}</span></label>",
            home = beside("Thôn, khu phố", "Village"),
            outside = selected("outside"),
            checked = if self.consent == "yes" {
                " checked"
            } else {
                ""
            },
            consent = beside(
                "Đồng ý để lượt này được tính cho thôn, khu phố",
                "This visit may count for the village"
            ),
        ))
    }

    fn proxy_fields(&self, at: &impl Fn(&[&str]) -> Option<String>) -> String {
        let lines = [
            Line::new(
                "pn",
                "proxy_name",
                "Họ và tên người đặt hộ",
                "Full name of who books",
            )
            .holding(&self.proxy_name)
            .faulty(at(&["/proxy/name"]))
            .with("maxlength=\"100\""),
            Line::new(
                "pr",
                "proxy_relation",
                "Là gì của người đến làm? (con trai, cháu, hàng xóm…)",
                "What they are to who comes (a son, a niece, a neighbour…)",
            )
            .holding(&self.proxy_relation)
            .faulty(at(&["/proxy/relation"]))
            .with("maxlength=\"50\""),
            Line::new(
                "pp",
                "proxy_phone",
                "Số điện thoại người đặt hộ, để báo khi người đến không có số",
                "Their number, told of changes where who comes has none",
            )
            .holding(&self.proxy_phone)
            .faulty(at(&["/proxy/phone"]))
            .with("inputmode=\"tel\" maxlength=\"20\""),
        ];
        let lines: String = lines.iter().map(Line::markup).collect();
        let legend = beside(
            "Chỉ khi đặt hộ người nhà",
            "Only if you book for a relative",
        );
        format!("<fieldset><legend>{legend}</legend>{lines}</fieldset>")
    }
}

/// Every village of today, by commune.
async fn village_options(app: &App, chosen: &str) -> Result<String, Failure> {
    let today = local_day(app.clock.now());
    let mut conn = app.pool.get().await?;
    let geography = app.geography(&mut conn).await?;
    drop(conn);
    let mut villages = String::new();
    for root in geography.roots_on(today) {
        for commune in geography.within(root, Level::Commune, today) {
            let name = geography.name_on(commune, today);
            let _ = write!(villages, "<optgroup label=\"{}\">", Escaped(name));
            for village in geography.children_on(commune, today) {
                let id = village.unit_id.to_string();
                let selected = if id == chosen { " selected" } else { "" };
                let name = geography.name_on(village.unit_id, today);
                let _ = write!(
                    villages,
                    "<option value=\"{id}\"{selected}>{}</option>",
                    Escaped(name)
                );
            }
            villages.push_str("</optgroup>");
        }
    }
    Ok(villages)
}
