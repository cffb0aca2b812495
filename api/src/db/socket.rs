//! A connection to PostgreSQL that notices when nobody is at the other end any more.
//!
//! A machine that vanished, a firewall that forgot the connection and a server that stands still say
//! nothing: the server's own timeouts never arrive, and whoever waits, waits for ever, with one of
//! the pool's few connections. So the socket itself gives up when an answer is due for too long.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_postgres::config::{Host, TargetSessionAttrs};
use tokio_postgres::{Client, Config, NoTls};

use super::Conn;

const PORT: u16 = 5432;

/// Connects to the first of the URL's servers that answers, on the current runtime. An answer may take
/// as long as `wait`; without one, as long as it needs.
///
/// # Errors
/// Why the last of them did not.
pub async fn connect(url: &str, wait: Option<Duration>) -> ConnectionResult<Conn> {
    let config: Config = url.parse().map_err(bad)?;
    let mut last = ConnectionError::BadConnection("the URL names no host".to_owned());
    for (at, host) in config.get_hosts().iter().enumerate() {
        let ports = config.get_ports();
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(PORT);
        let opened = match host {
            Host::Unix(folder) => {
                let socket = UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await;
                speak(&config, socket, wait).await
            }
            Host::Tcp(name) => {
                let socket = TcpStream::connect((name.as_str(), port)).await;
                if let Ok(socket) = &socket {
                    socket.set_nodelay(true).map_err(bad)?;
                }
                speak(&config, socket, wait).await
            }
        };
        match opened {
            Ok(client) => return Conn::try_from(client).await,
            Err(why) => last = why,
        }
    }
    Err(last)
}

fn bad(why: impl std::fmt::Display) -> ConnectionError {
    ConnectionError::BadConnection(why.to_string())
}

async fn speak<S>(
    config: &Config,
    socket: io::Result<S>,
    wait: Option<Duration>,
) -> ConnectionResult<Client>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let socket = Impatient::new(socket.map_err(bad)?, wait);
    let (client, driver) = config.connect_raw(socket, NoTls).await.map_err(bad)?;
    tokio::spawn(async move {
        if let Err(why) = driver.await {
            tracing::debug!(%why, "a connection to PostgreSQL ended");
        }
    });
    if config.get_target_session_attrs() == TargetSessionAttrs::ReadWrite {
        let only_reads = client.query_one("show transaction_read_only", &[]).await;
        let only_reads: String = only_reads.map_err(bad)?.get(0);
        if only_reads == "on" {
            return Err(bad("the server only reads"));
        }
    }
    Ok(client)
}

/// A socket that fails when an answer is due for too long. Idle, it waits for ever.
struct Impatient<S> {
    socket: S,
    /// None: nobody minds.
    wait: Option<Duration>,
    /// Runs out when an answer is overdue; none while nothing is asked.
    due: Option<Pin<Box<Sleep>>>,
    /// The last bytes that were read.
    tail: [u8; READY.len() + 1],
}

/// Begins the message with which every answer ends; one byte of state follows.
const READY: [u8; 5] = *b"Z\0\0\0\x05";

impl<S> Impatient<S> {
    fn new(socket: S, wait: Option<Duration>) -> Self {
        Self {
            socket,
            wait,
            due: None,
            tail: [0; READY.len() + 1],
        }
    }

    fn wait_anew(&mut self) {
        let due = |wait| Box::pin(sleep_until(Instant::now() + wait));
        self.due = self.wait.map(due);
    }

    /// A whole answer leaves nothing due; a part of one, the rest.
    fn heard(&mut self, bytes: &[u8]) {
        for byte in &bytes[bytes.len().saturating_sub(self.tail.len())..] {
            self.tail.rotate_left(1);
            self.tail[READY.len()] = *byte;
        }
        if self.tail.starts_with(&READY) {
            self.due = None;
        } else if self.due.is_some() {
            self.wait_anew();
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.socket).poll_read(context, buffer) {
            self.heard(&buffer.filled()[before..]);
            return Poll::Ready(read);
        }
        match &mut self.due {
            None => Poll::Pending,
            Some(due) => {
                ready!(due.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.due.is_none() {
            self.wait_anew();
            // Whoever reads must hear of it: a read that began before the question waits already.
            context.waker().wake_by_ref();
        }
        Pin::new(&mut self.socket).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const WAIT: Duration = Duration::from_millis(200);

    async fn is_silent(socket: &mut Impatient<tokio::io::DuplexStream>) -> bool {
        let mut byte = [0];
        let read = tokio::time::timeout(WAIT * 3, socket.read(&mut byte));
        read.await.is_err()
    }

    #[tokio::test]
    async fn an_answer_that_is_due_too_long_is_an_error_and_silence_without_a_question_is_not() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut socket = Impatient::new(ours, Some(WAIT));
        let mut answer = [0; 6];
        assert!(is_silent(&mut socket).await, "nobody asked anything");

        socket.write_all(b"?").await.unwrap();
        theirs.write_all(b"Z\0\0").await.unwrap();
        socket.read_exact(&mut answer[..3]).await.unwrap();
        theirs.write_all(b"\0\x05I").await.unwrap();
        socket.read_exact(&mut answer[3..]).await.unwrap();
        assert!(is_silent(&mut socket).await, "it was answered");

        socket.write_all(b"?").await.unwrap();
        theirs.write_all(b"half").await.unwrap();
        socket.read_exact(&mut answer[..4]).await.unwrap();
        let overdue = socket.read(&mut answer).await.unwrap_err();
        assert_eq!(overdue.kind(), io::ErrorKind::TimedOut);
    }
    #[tokio::test]
    async fn whoever_has_patience_waits_for_a_late_answer() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut socket = Impatient::new(ours, None);
        socket.write_all(b"?").await.unwrap();
        assert!(is_silent(&mut socket).await);
        theirs.write_all(b"!").await.unwrap();
        assert_eq!(socket.read_u8().await.unwrap(), b'!');
    }
}
