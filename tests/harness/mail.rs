//! A mail server of our own, as small as SMTP allows; with TLS from the start, or when it is asked for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A mail as it came.
#[derive(Debug, Clone, Default)]
pub struct Mail {
    pub to: String,
    pub text: String,
}

impl Mail {
    pub fn header(&self, name: &str) -> &str {
        let found = self.text.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        });
        found.unwrap_or_else(|| panic!("no {name}: {}", self.text))
    }
}

#[derive(Default)]
struct State {
    mails: Vec<Mail>,
    /// What the next recipients are answered, in place of 250.
    recipients: VecDeque<&'static str>,
    /// Whether the next mails are taken and the line is then cut.
    cuts: u32,
}

pub struct MailServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

/// How the line is kept from others.
#[derive(Clone)]
enum Line {
    Open,
    Wrapped(TlsAcceptor),
    StartTls(TlsAcceptor),
}

/// A certificate for this machine's loopback address: as PEM for whoever is to trust it, and in use.
pub struct Certificate {
    pub pem: String,
    acceptor: TlsAcceptor,
}

impl Certificate {
    pub fn make() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        Self {
            pem: made.cert.pem(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }
}

impl MailServer {
    pub async fn start() -> Self {
        Self::start_on(Line::Open).await
    }

    /// Speaks TLS from the first byte on.
    pub async fn start_wrapped(certificate: &Certificate) -> Self {
        Self::start_on(Line::Wrapped(certificate.acceptor.clone())).await
    }

    /// Speaks TLS once it is asked to, and takes no mail before.
    pub async fn start_with_starttls(certificate: &Certificate) -> Self {
        Self::start_on(Line::StartTls(certificate.acceptor.clone())).await
    }

    async fn start_on(kind: Line) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, kind.clone(), shared.clone()));
            }
        });
        Self { port, state }
    }

    pub fn answer_recipients(&self, answers: &[&'static str]) {
        self.state.lock().unwrap().recipients.extend(answers);
    }

    pub fn cut_after_taking(&self, count: u32) {
        self.state.lock().unwrap().cuts = count;
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.state.lock().unwrap().mails.clone()
    }
}

async fn serve(line: TcpStream, kind: Line, state: Arc<Mutex<State>>) -> Option<()> {
    match kind {
        Line::Open => {
            talk(line, true, false, &state).await;
        }
        Line::Wrapped(tls) => {
            talk(tls.accept(line).await.ok()?, true, false, &state).await;
        }
        Line::StartTls(tls) => {
            let line = talk(line, true, true, &state).await?;
            talk(tls.accept(line).await.ok()?, false, false, &state).await;
        }
    }
    Some(())
}

/// Talks until the line ends, or until TLS is asked for where it must be: then gives the line back.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    line: S,
    greets: bool,
    needs_tls: bool,
    state: &Mutex<State>,
) -> Option<S> {
    let mut line = BufReader::new(line);
    if greets {
        line.write_all(b"220 here\r\n").await.ok()?;
    }
    let mut mail = Mail::default();
    loop {
        let said = read_line(&mut line).await?;
        let answer = match said.get(..4)? {
            "EHLO" if needs_tls => "250-here\r\n250 STARTTLS".to_owned(),
            "EHLO" => "250 here".to_owned(),
            "STAR" if needs_tls => {
                line.write_all(b"220 go on\r\n").await.ok()?;
                line.flush().await.ok()?;
                return Some(line.into_inner());
            }
            "MAIL" if needs_tls => "530 not in the open".to_owned(),
            "RCPT" => {
                mail.to = said;
                let next = state.lock().unwrap().recipients.pop_front();
                next.unwrap_or("250 fine").to_owned()
            }
            "DATA" => {
                line.write_all(b"354 go on\r\n").await.ok()?;
                line.flush().await.ok()?;
                loop {
                    let written = read_line(&mut line).await?;
                    if written == "." {
                        break;
                    }
                    mail.text.push_str(&written);
                    mail.text.push('\n');
                }
                let mut state = state.lock().unwrap();
                state.mails.push(std::mem::take(&mut mail));
                if let Some(left) = state.cuts.checked_sub(1) {
                    state.cuts = left;
                    return None;
                }
                "250 taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "250 fine".to_owned(),
        };
        line.write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
        line.flush().await.ok()?;
    }
}

/// A line without its end; nothing when there is no more.
async fn read_line<S: AsyncRead + Unpin>(line: &mut BufReader<S>) -> Option<String> {
    let mut text = String::new();
    let read = line.read_line(&mut text).await.ok()?;
    (read > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned())
}
