//! A mail server of our own, as small as SMTP allows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

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

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(serve(line, shared.clone()));
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

async fn serve(line: TcpStream, state: Arc<Mutex<State>>) -> Option<()> {
    let (from_client, mut to_client) = line.into_split();
    let mut lines = BufReader::new(from_client).lines();
    to_client.write_all(b"220 here\r\n").await.ok()?;
    let mut mail = Mail::default();
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = match line.get(..4)? {
            "EHLO" => "250 here".to_owned(),
            "RCPT" => {
                mail.to = line.clone();
                let next = state.lock().unwrap().recipients.pop_front();
                next.unwrap_or("250 fine").to_owned()
            }
            "DATA" => {
                to_client.write_all(b"354 go on\r\n").await.ok()?;
                loop {
                    let line = lines.next_line().await.ok()??;
                    if line == "." {
                        break;
                    }
                    mail.text.push_str(&line);
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
        to_client
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .ok()?;
    }
    Some(())
}
