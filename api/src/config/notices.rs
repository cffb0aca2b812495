//! How notices are carried: which channels in which order, and each provider's settings.

use std::fmt;

use lettre::message::Mailbox;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::reader::Reader;
use super::{Escaping, Template};

#[derive(Debug, Clone)]
pub struct Notices {
    /// Asked in this order; the first that takes a notice has it.
    pub channels: Vec<Channel>,
    /// Bounds each exchange with a provider.
    pub timeout_ms: u32,
    /// Certificates beside the machine's own.
    pub roots: Vec<CertificateDer<'static>>,
}

/// A channel that is used, with what it needs.
#[derive(Debug, Clone)]
pub enum Channel {
    Gateway(&'static str, Gateway),
    Mail(Mail),
    Log,
}

/// An HTTP gateway.
#[derive(Debug, Clone)]
pub struct Gateway {
    pub url: String,
    pub body: Template,
    /// Name and value of the header that lets us in.
    pub header: Option<(String, Secret)>,
    pub signing_key: Option<Secret>,
    pub success_statuses: Vec<u16>,
    pub success_text: Option<String>,
    /// Whether it carries Vietnamese letters, and more than one text message.
    pub diacritics: bool,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Mail {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub from: Mailbox,
    /// Makes an address of a phone.
    pub to: Template,
    pub diacritics: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    StartTls,
    Wrapped,
    None,
}

/// A setting that no log and no error may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The names under which one gateway is set.
struct GatewayNames {
    channel: &'static str,
    url: &'static str,
    body: &'static str,
    body_kind: &'static str,
    header: &'static str,
    signing_key: &'static str,
    success_statuses: &'static str,
    success_text: &'static str,
    default_body: &'static str,
    diacritics: bool,
}

const SMS: GatewayNames = GatewayNames {
    channel: "sms",
    url: "TO06_SMS_URL",
    body: "TO06_SMS_BODY",
    body_kind: "TO06_SMS_BODY_KIND",
    header: "TO06_SMS_HEADER",
    signing_key: "TO06_SMS_SIGNING_KEY",
    success_statuses: "TO06_SMS_SUCCESS_STATUSES",
    success_text: "TO06_SMS_SUCCESS_TEXT",
    default_body: r#"{"id":"{id}","to":"{msisdn}","text":"{text}"}"#,
    diacritics: false,
};

const ZALO: GatewayNames = GatewayNames {
    channel: "zalo",
    url: "TO06_ZALO_URL",
    body: "TO06_ZALO_BODY",
    body_kind: "TO06_ZALO_BODY_KIND",
    header: "TO06_ZALO_HEADER",
    signing_key: "TO06_ZALO_SIGNING_KEY",
    success_statuses: "TO06_ZALO_SUCCESS_STATUSES",
    success_text: "TO06_ZALO_SUCCESS_TEXT",
    default_body: r#"{"tracking_id":"{id}","phone":"{msisdn}","template_data":{"text":"{text}"}}"#,
    diacritics: true,
};

const GATEWAY_GAPS: &[&str] = &[
    "phone", "msisdn", "local", "text", "id", "kind", "code", "when", "office",
];
const PHONE_GAPS: &[&str] = &["phone", "msisdn", "local"];
/// Without any, everything waits, and the desks list it.
const KNOWN_CHANNELS: [&str; 4] = ["zalo", "sms", "email", "log"];

/// Reads them all, even those of channels that are not used: `api config` lists every setting.
pub fn read<F: Fn(&'static str) -> Option<String>>(r: &mut Reader<F>, production: bool) -> Notices {
    let order = read_order(r, production);
    let is_used = |channel: &str| order.iter().any(|used| used == channel);
    let zalo = read_gateway(r, &ZALO, is_used("zalo"), production);
    let sms = read_gateway(r, &SMS, is_used("sms"), production);
    let mail = read_mail(r, is_used("email"), production);
    let used = |channel: &String| match channel.as_str() {
        "zalo" => zalo
            .clone()
            .map(|gateway| Channel::Gateway("zalo", gateway)),
        "sms" => sms.clone().map(|gateway| Channel::Gateway("sms", gateway)),
        "email" => mail.clone().map(Channel::Mail),
        _ => Some(Channel::Log),
    };
    Notices {
        channels: order.iter().filter_map(used).collect(),
        timeout_ms: read_timeout(r),
        roots: read_roots(r),
    }
}

fn read_timeout<F: Fn(&'static str) -> Option<String>>(r: &mut Reader<F>) -> u32 {
    const NAME: &str = "TO06_NOTICE_TIMEOUT_MS";
    // A sender's lease must outlast what it may take at all channels.
    const MOST: u32 = 30_000;
    const MEANING: &str =
        "longest that one exchange with a provider of notices may take; 100 to 30000";
    let timeout_ms = r.at_least(NAME, "10000", MEANING, 100);
    if timeout_ms > MOST {
        let _: Option<()> = r.mistake(format!("{NAME}={timeout_ms} is above {MOST}: {MEANING}"));
    }
    timeout_ms
}

fn read_order<F: Fn(&'static str) -> Option<String>>(
    r: &mut Reader<F>,
    production: bool,
) -> Vec<String> {
    const NAME: &str = "TO06_NOTICE_CHANNELS";
    const MEANING: &str = "comma-separated, asked in this order: zalo, sms, email, log; or none. log shows the text in development; in production it tells nobody, and the desk lists whom to telephone";
    let given = r.raw(NAME, "log", MEANING, false);
    if given.is_none() && production {
        r.mistakes
            .push(format!("{NAME} must be set in production: {MEANING}"));
    }
    let text = given.unwrap_or_else(|| "log".to_owned());
    if text == "none" {
        return Vec::new();
    }
    let order: Vec<String> = text
        .split(',')
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect();
    for (at, word) in order.iter().enumerate() {
        if !KNOWN_CHANNELS.contains(&word.as_str()) || order[..at].contains(word) {
            r.mistakes.push(format!(
                "{NAME}: {word:?} is no channel, or is named twice: {MEANING}"
            ));
        }
    }
    order
}

fn read_gateway<F: Fn(&'static str) -> Option<String>>(
    r: &mut Reader<F>,
    names: &GatewayNames,
    is_used: bool,
    production: bool,
) -> Option<Gateway> {
    let url = r.secret(
        names.url,
        "address of the gateway, to which each notice is POSTed with its id as Idempotency-Key; https, unless it is on this machine",
        false,
    );
    let escaping = r.one_of(
        names.body_kind,
        "json",
        "how the body is written: json or form",
        &[("json", Escaping::Json), ("form", Escaping::Form)],
    );
    let template = r.text(
        names.body,
        names.default_body,
        "the body, with {phone} (+84912345678), {msisdn} (84912345678) or {local} (0912345678), {text}, {id}, {kind}, {code}, {when}, {office}",
    );
    let header = r.secret(
        names.header,
        "header that lets us in, as `Name: value`",
        false,
    );
    let signing_key = r.secret(
        names.signing_key,
        "if set, the body's HMAC-SHA256 under it is sent as X-Signature: sha256=<hex>",
        false,
    );
    let success_statuses = r.list(
        names.success_statuses,
        "200,201,202,204",
        "comma-separated statuses by which the gateway says that it has the notice",
    );
    let success_text = r
        .raw(
            names.success_text,
            "",
            "text that the answer must hold besides, for gateways that say 200 to everything, such as \"error\":0",
            false,
        );
    if !is_used {
        return None;
    }
    let channel = names.channel;
    let url = match url {
        Some(url) if is_allowed_url(&url, production) => Some(url),
        Some(_) => r.mistake(format!(
            "{} is not an http(s) address, or not https in production",
            names.url
        )),
        None => r.mistake(format!(
            "{} must be set: TO06_NOTICE_CHANNELS names {channel}",
            names.url
        )),
    };
    let body = match Template::parse(&template, GATEWAY_GAPS, escaping) {
        Ok(body) if !PHONE_GAPS.iter().any(|gap| body.has(gap)) => r.mistake(format!(
            "{} names no phone: it has none of {{phone}}, {{msisdn}}, {{local}}",
            names.body
        )),
        Ok(body) => Some(body),
        Err(gap) => r.mistake(format!("{} has an unknown {{{}}}", names.body, gap.0)),
    };
    let header = match header.as_deref().map(|header| header.split_once(':')) {
        None => None,
        Some(Some((name, value))) if is_header_name(name) => {
            Some((name.trim().to_owned(), Secret(value.trim().to_owned())))
        }
        // The value is a secret: it is not repeated.
        Some(_) => r.mistake(format!("{} is not `Name: value`", names.header)),
    };
    Some(Gateway {
        url: url?,
        body: body?,
        header,
        signing_key: signing_key.map(Secret),
        success_statuses,
        success_text,
        diacritics: names.diacritics,
    })
}

fn is_header_name(name: &str) -> bool {
    let name = name.trim();
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn is_allowed_url(url: &str, production: bool) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    let is_here = matches!(host, "127.0.0.1" | "localhost");
    !host.is_empty() && (scheme == "https" || (scheme == "http" && (!production || is_here)))
}

fn read_mail<F: Fn(&'static str) -> Option<String>>(
    r: &mut Reader<F>,
    is_used: bool,
    production: bool,
) -> Option<Mail> {
    let host = r.raw("TO06_SMTP_HOST", "", "the mail server", false);
    let port = r.parse("TO06_SMTP_PORT", "587", "its port");
    let tls = r.one_of(
        "TO06_SMTP_TLS",
        "starttls",
        "starttls, wrapped (TLS from the start, port 465) or none (only on this machine in production)",
        &[
            ("starttls", MailTls::StartTls),
            ("wrapped", MailTls::Wrapped),
            ("none", MailTls::None),
        ],
    );
    let user = r.raw(
        "TO06_SMTP_USER",
        "",
        "who signs in there, if anybody must",
        false,
    );
    let password = r.secret("TO06_SMTP_PASSWORD", "and with which password", false);
    let from = r.raw(
        "TO06_SMTP_FROM",
        "",
        "the sender, such as Tổ 06 <to06@example.vn>",
        false,
    );
    let to = r.text(
        "TO06_SMTP_TO",
        "{local}@sms.example",
        "makes an address of a phone, for gateways from mail to text messages; {phone}, {msisdn} or {local}",
    );
    let diacritics = r.one_of(
        "TO06_SMTP_TEXT",
        "short",
        "short (one text message, no diacritics) or full",
        &[("short", false), ("full", true)],
    );
    if !is_used {
        return None;
    }
    let is_here = |host: &str| matches!(host, "127.0.0.1" | "localhost");
    let host = match host {
        Some(host) if tls == MailTls::None && production && !is_here(&host) => r.mistake(
            "TO06_SMTP_TLS=none in production is only for a server on this machine".to_owned(),
        ),
        Some(host) => Some(host),
        None => {
            r.mistake("TO06_SMTP_HOST must be set: TO06_NOTICE_CHANNELS names email".to_owned())
        }
    };
    let from = match from.as_deref().map(str::parse) {
        Some(Ok(from)) => Some(from),
        _ => r.mistake(
            "TO06_SMTP_FROM must be a sender: TO06_NOTICE_CHANNELS names email".to_owned(),
        ),
    };
    let to = match Template::parse(&to, PHONE_GAPS, Escaping::None) {
        Ok(to) if to.fill(|_| "0912345678").parse::<lettre::Address>().is_ok() => Some(to),
        _ => r.mistake("TO06_SMTP_TO makes no address of a phone".to_owned()),
    };
    if user.is_some() != password.is_some() {
        let _: Option<()> =
            r.mistake("TO06_SMTP_USER and TO06_SMTP_PASSWORD are set together".to_owned());
    }
    Some(Mail {
        host: host?,
        port,
        tls,
        user,
        password: password.map(Secret),
        from: from?,
        to: to?,
        diacritics,
    })
}

fn read_roots<F: Fn(&'static str) -> Option<String>>(
    r: &mut Reader<F>,
) -> Vec<CertificateDer<'static>> {
    const NAME: &str = "TO06_TLS_ROOTS";
    let path = r.path(
        NAME,
        "PEM file of authorities that providers' certificates may come from, beside the machine's own",
    );
    let Some(path) = path else {
        return Vec::new();
    };
    let mut store = RootCertStore::empty();
    let read: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(&path).and_then(|certificates| certificates.collect());
    match read {
        Ok(roots)
            if !roots.is_empty() && roots.iter().all(|root| store.add(root.clone()).is_ok()) =>
        {
            roots
        }
        _ => {
            let _: Option<()> = r.mistake(format!(
                "{NAME}: {} holds no certificates that can be read",
                path.display()
            ));
            Vec::new()
        }
    }
}
