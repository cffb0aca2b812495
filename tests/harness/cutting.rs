//! A network as it is in the hills: requests that never arrive, arrive in part, arrive twice or late, and
//! answers that are lost. A proxy before the program decides anew for each request, from a seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    Late,
    NeverArrives,
    ArrivesInPart,
    AnswerIsLost,
    AnswerIsCut,
    ArrivesTwice,
}

const FATES: [Fate; 10] = [
    Fate::Passes,
    Fate::Passes,
    Fate::Passes,
    Fate::Late,
    Fate::NeverArrives,
    Fate::ArrivesInPart,
    Fate::AnswerIsLost,
    Fate::AnswerIsLost,
    Fate::AnswerIsCut,
    Fate::ArrivesTwice,
];

/// Numbers that look random and are the same for the same seed (SplitMix64).
#[derive(Debug)]
pub struct Dice(AtomicU64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    pub fn below(&self, end: usize) -> usize {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

pub struct CuttingProxy {
    pub address: String,
    /// Requests that did not simply pass.
    troubled: Arc<AtomicU64>,
    listening: tokio::task::JoinHandle<()>,
}

impl CuttingProxy {
    /// Listens for a client that opens a connection for each request.
    pub async fn start(upstream: &str, seed: u64) -> Self {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let troubled = Arc::new(AtomicU64::new(0));
        let (dice, count) = (Arc::new(Dice::new(seed)), troubled.clone());
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fate = FATES[dice.below(FATES.len())];
                let delay = Duration::from_millis(dice.below(40) as u64);
                if fate != Fate::Passes {
                    count.fetch_add(1, Ordering::Relaxed);
                }
                let upstream = upstream.clone();
                // Whatever goes wrong on the way is what a network does.
                tokio::spawn(async move { meet(fate, delay, client, &upstream).await.ok() });
            }
        });
        Self {
            address,
            troubled,
            listening,
        }
    }

    pub fn troubled(&self) -> u64 {
        self.troubled.load(Ordering::Relaxed)
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn meet(
    fate: Fate,
    delay: Duration,
    mut client: TcpStream,
    upstream: &str,
) -> std::io::Result<()> {
    let request = read_request(&mut client).await?;
    match fate {
        Fate::NeverArrives => return Ok(()),
        Fate::ArrivesInPart => {
            let mut server = TcpStream::connect(upstream).await?;
            return server.write_all(&request[..request.len() * 2 / 3]).await;
        }
        Fate::Late => tokio::time::sleep(delay).await,
        _ => {}
    }
    let answer = if fate == Fate::ArrivesTwice {
        let (one, two) = tokio::join!(ask(upstream, &request), ask(upstream, &request));
        two?;
        one?
    } else {
        ask(upstream, &request).await?
    };
    match fate {
        Fate::AnswerIsLost => Ok(()),
        Fate::AnswerIsCut => client.write_all(&answer[..answer.len() / 2]).await,
        _ => client.write_all(&answer).await,
    }
}

async fn ask(upstream: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    server.write_all(request).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// One request with its whole body, asking the server to close after its answer.
async fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    while bytes.len() < head_end + 4 + length {
        if client.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let mut request = bytes[..head_end].to_vec();
    request.extend_from_slice(b"\r\nconnection: close");
    request.extend_from_slice(&bytes[head_end..]);
    Ok(request)
}
