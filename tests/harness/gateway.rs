//! A gateway of text messages of our own, that fails, delays, hangs, cuts and repeats as it is told,
//! and remembers what it got. It keeps its word about keys: what it has under one, it has once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How one request is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Accept,
    /// Takes nothing and says this.
    Say(u16),
    /// Takes nothing, and says 200 with words that mean no.
    SayNoPolitely,
    /// Takes nothing and says nothing.
    Hang,
    /// Takes nothing and hangs up.
    Cut,
    /// Takes it and says nothing.
    AcceptAndHang,
    /// Takes it and hangs up.
    AcceptAndCut,
    /// Takes it and says that it broke.
    AcceptAndSay(u16),
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub head: String,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub fn key(&self) -> &str {
        self.header("idempotency-key").expect("a key")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct State {
    next: VecDeque<Manner>,
    otherwise: Option<Manner>,
    requests: Vec<Request>,
    told: HashMap<String, Request>,
}

pub struct Gateway {
    pub url: String,
    state: Arc<Mutex<State>>,
    count: watch::Receiver<usize>,
}

impl Gateway {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let (counter, count) = watch::channel(0);
        let (shared, counter) = (state.clone(), Arc::new(counter));
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(meet(line, shared.clone(), counter.clone()));
            }
        });
        Self { url, state, count }
    }

    /// How the next requests are met; those after them as before.
    pub fn then(&self, manners: &[Manner]) {
        self.state().next.extend(manners);
    }

    /// How all others are met.
    pub fn always(&self, manner: Manner) {
        self.state().otherwise = Some(manner);
    }

    /// Every request, repeated ones too.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// What people were told: once a key.
    pub fn told(&self) -> Vec<Request> {
        self.state().told.values().cloned().collect()
    }

    /// The texts that one phone got.
    pub fn texts_to(&self, phone: &str) -> Vec<String> {
        let msisdn = format!("84{}", phone.trim_start_matches('0'));
        let mut texts: Vec<String> = self
            .told()
            .iter()
            .map(Request::json)
            .filter(|body| body["to"] == msisdn.as_str())
            .map(|body| body["text"].as_str().unwrap().to_owned())
            .collect();
        texts.sort();
        texts
    }

    /// Waits until this many requests have been met.
    pub async fn met(&self, count: usize) {
        let mut counted = self.count.clone();
        counted.wait_for(|met| *met >= count).await.unwrap();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

async fn meet(mut line: TcpStream, state: Arc<Mutex<State>>, counter: Arc<watch::Sender<usize>>) {
    let Some(request) = read(&mut line).await else {
        return;
    };
    let manner = {
        let mut state = state.lock().unwrap();
        let manner = state.next.pop_front();
        let manner = manner.or(state.otherwise).unwrap_or(Manner::Accept);
        state.requests.push(request.clone());
        let takes = matches!(
            manner,
            Manner::Accept | Manner::AcceptAndHang | Manner::AcceptAndCut | Manner::AcceptAndSay(_)
        );
        if takes {
            let key = request.key().to_owned();
            state.told.entry(key).or_insert(request);
        }
        manner
    };
    counter.send_modify(|met| *met += 1);
    let (status, body) = match manner {
        Manner::Accept => (200, r#"{"error":0}"#),
        Manner::SayNoPolitely => (200, r#"{"error":-216}"#),
        Manner::Say(status) | Manner::AcceptAndSay(status) => (status, "no"),
        Manner::Cut | Manner::AcceptAndCut => return,
        Manner::Hang | Manner::AcceptAndHang => {
            // Until the other side gives up.
            let _ = line.read(&mut [0; 1]).await;
            return;
        }
    };
    let answer = format!(
        "HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = line.write_all(answer.as_bytes()).await;
}

async fn read(line: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = line
            .read(&mut buffer)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let request = Request {
            head: head.to_owned(),
            body: body.to_owned(),
        };
        let length: usize = request.header("content-length")?.parse().ok()?;
        if body.len() >= length {
            return Some(request);
        }
    }
}
