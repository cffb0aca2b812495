//! People, not tokens: `app.volunteer("22786").await` signs in and speaks.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use api::config;
use api::identity::password::Passwords;
use api::identity::store::{self, NewAccount};
use api::privacy::personal::Personal;
use mobile_contracts::identity::{MassUnion, Role, Session};
use mobile_contracts::ids::{AccountId, UnitId};
use mobile_contracts::person_name::PersonName;
use mobile_contracts::phone::MobilePhone;
use reqwest::Method;
use serde::Serialize;
use uuid::Uuid;

use super::{Answer, TestApp, citizen};

pub const PASSWORD: &str = "một câu dễ nhớ";

static HASH: LazyLock<Passwords> = LazyLock::new(|| {
    Passwords::new(&config::Passwords {
        memory_kib: 8,
        passes: 1,
    })
});

/// Somebody who speaks to the program: signed in, or a stranger.
#[derive(Clone)]
pub struct Person {
    pub account_id: Option<AccountId>,
    pub phone: String,
    pub token: Option<String>,
    address: String,
    http: reqwest::Client,
}

impl TestApp {
    pub fn stranger(&self) -> Person {
        at(&self.address, self.http.clone())
    }

    /// A volunteer of the Youth Union in a commune of today.
    pub async fn volunteer(&self, commune_code: &str) -> Person {
        let unit = self.commune(commune_code).await;
        self.account(Role::Volunteer, MassUnion::Youth, unit).await
    }

    pub async fn lead(&self, commune_code: &str) -> Person {
        let unit = self.commune(commune_code).await;
        self.account(Role::Lead, MassUnion::Youth, unit).await
    }

    pub async fn officer(&self, commune_code: &str) -> Person {
        let unit = self.commune(commune_code).await;
        self.account(Role::Officer, MassUnion::None, unit).await
    }

    /// A commander of the whole province.
    pub async fn commander(&self) -> Person {
        let unit = self.commune("56").await;
        self.account(Role::Commander, MassUnion::None, unit).await
    }

    /// An administrator of the whole province.
    pub async fn admin(&self) -> Person {
        let unit = self.commune("56").await;
        self.account(Role::Admin, MassUnion::None, unit).await
    }

    /// Anybody, signed in.
    pub async fn account(&self, role: Role, mass_union: MassUnion, unit_id: UnitId) -> Person {
        let account_id = AccountId(Uuid::now_v7());
        self.account_as(account_id, role, mass_union, unit_id).await
    }

    /// Somebody whose account has this id.
    pub async fn account_as(
        &self,
        account_id: AccountId,
        role: Role,
        mass_union: MassUnion,
        unit_id: UnitId,
    ) -> Person {
        let mut person = self
            .signed_up_as(account_id, role, mass_union, unit_id)
            .await;
        let session = person.sign_in(PASSWORD).await.expect(201).json::<Session>();
        person.token = Some(session.access_token);
        person
    }

    /// Anybody with an account who has not signed in.
    pub async fn signed_up(&self, role: Role, mass_union: MassUnion, unit_id: UnitId) -> Person {
        let account_id = AccountId(Uuid::now_v7());
        self.signed_up_as(account_id, role, mass_union, unit_id)
            .await
    }

    async fn signed_up_as(
        &self,
        account_id: AccountId,
        role: Role,
        mass_union: MassUnion,
        unit_id: UnitId,
    ) -> Person {
        let mut person = self.stranger();
        let new = NewAccount {
            account_id,
            phone: MobilePhone::parse(&person.phone).unwrap(),
            name: PersonName::parse("Nguyễn Thị Thử").unwrap(),
            role,
            mass_union,
            unit_id,
            password_hash: Some(HASH.hash(Personal::new(PASSWORD.to_owned())).await.unwrap()),
            must_change_password: false,
            is_demo: false,
        };
        let mut conn = self.conn().await;
        store::insert_account(&mut conn, &self.app.keys, &new)
            .await
            .unwrap();
        person.account_id = Some(account_id);
        person
    }
}

/// A stranger who speaks to the program at this address.
pub fn at(address: &str, http: reqwest::Client) -> Person {
    Person {
        account_id: None,
        phone: citizen::phone(),
        token: None,
        address: address.to_owned(),
        http,
    }
}

impl Person {
    /// From an address of their own, where the program believes what a proxy says.
    pub async fn sign_in(&self, password: &str) -> Answer {
        let stranger = self.as_stranger();
        let number: u32 = self.phone.parse().unwrap_or_default();
        let request = stranger
            .request(Method::POST, "/api/v1/sessions")
            .header("x-forwarded-for", Ipv4Addr::from(number).to_string())
            .json(&serde_json::json!({ "phone": self.phone, "password": password }));
        stranger.send(request).await
    }

    /// The same person, signed in anew: their session is over after some days.
    pub async fn again(&self) -> Self {
        let session: Session = self.sign_in(PASSWORD).await.expect(201).json();
        self.with_token(&session.access_token)
    }

    pub fn as_stranger(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// The same person, speaking to another process.
    pub fn before(&self, other: &TestApp) -> Self {
        Self {
            address: other.address.clone(),
            ..self.clone()
        }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        Answer::read(request.send().await.unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        let request = self.request(Method::DELETE, path);
        self.send(request.header("idempotency-key", Uuid::new_v4().to_string()))
            .await
    }

    pub async fn post(&self, path: &str, body: impl Serialize) -> Answer {
        self.send(self.request(Method::POST, path).json(&body))
            .await
    }

    /// A PUT, as a new press of the button.
    pub async fn put(&self, path: &str, body: impl Serialize) -> Answer {
        self.put_once(path, Uuid::new_v4(), body).await
    }

    /// A PUT under an idempotency key.
    pub async fn put_once(&self, path: &str, key: Uuid, body: impl Serialize) -> Answer {
        let request = self
            .request(Method::PUT, path)
            .header("idempotency-key", key.to_string());
        self.send(request.json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: impl Serialize) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body))
            .await
    }

    /// A form as a browser without scripts posts it, and the page that comes back.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body: String = form_urlencoded(fields);
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// A POST under an idempotency key.
    pub async fn post_once(&self, path: &str, key: Uuid, body: impl Serialize) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("idempotency-key", key.to_string());
        self.send(request.json(&body)).await
    }
}

fn form_urlencoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}
