//! The private PostgreSQL and Redis: made, kept, ended, never orphaned.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api::db::private::{
    Afterwards, DataDir, Invariant, PostgresOptions, PrivateError, Surroundings, backup,
    connect_or_start, restore, start_postgres, start_redis,
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

const QUICK: PostgresOptions = PostgresOptions { durable: false };

/// A folder with a space and a letter of ours in its path, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new("/tmp").join(format!("tổ 06 {name} {}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn open(&self) -> DataDir {
        DataDir::resolve(Some(self.0.clone()), &Surroundings::default()).expect("a data folder")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Ok(dir) = DataDir::resolve(Some(self.0.clone()), &Surroundings::default()) {
            let _ = std::fs::remove_dir_all(dir.sockets());
        }
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn run(url: &str, sql: &str) {
    let mut conn = AsyncPgConnection::establish(url)
        .await
        .expect("the server answers");
    conn.batch_execute(sql).await.expect("the statement runs");
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

async fn count(url: &str, sql: &str) -> i64 {
    let mut conn = AsyncPgConnection::establish(url)
        .await
        .expect("the server answers");
    let row: Count = diesel::sql_query(sql)
        .get_result(&mut conn)
        .await
        .expect("the query answers");
    row.n
}

#[tokio::test]
async fn a_second_start_keeps_what_the_first_was_told() {
    let folder = Folder::new("second start");
    let dir = folder.open();
    let first = start_postgres(&dir, QUICK).expect("a first start");
    run(&first.owner_url("to06"), "create table kept (n int); insert into kept values (6); grant select on kept to to06_server")
        .await;
    first.stop();

    let again = Instant::now();
    let second = start_postgres(&dir, QUICK).expect("a second start");
    assert!(
        again.elapsed() < Duration::from_secs(2),
        "the second start took {:?}",
        again.elapsed()
    );
    // The serving login reads through the role that it is a member of, and owns nothing.
    assert_eq!(
        count(&second.url("to06"), "select n::bigint as n from kept").await,
        6
    );
    let mut conn = AsyncPgConnection::establish(&second.url("to06"))
        .await
        .expect("the server answers");
    let refused = conn.batch_execute("create table mine (n int)").await;
    assert!(refused.is_err(), "the serving login may not create tables");
}

#[tokio::test]
async fn a_taken_folder_is_joined_by_commands_and_refused_to_a_second_server() {
    let folder = Folder::new("taken");
    let dir = folder.open();
    let serving = start_postgres(&dir, QUICK).expect("a first start");
    run(
        &serving.owner_url("to06"),
        "create table shared (n int); insert into shared values (1)",
    )
    .await;

    let command = connect_or_start(&folder.open(), QUICK).expect("a command joins");
    assert!(!command.is_ours());
    assert_eq!(
        count(
            &command.owner_url("to06"),
            "select count(*) as n from shared"
        )
        .await,
        1
    );
    drop(command);

    let other = folder.open();
    let refused = tokio::task::spawn_blocking(move || start_postgres(&other, QUICK).map(drop))
        .await
        .expect("no panic");
    let Err(refused @ PrivateError::Taken { .. }) = refused else {
        panic!("a stranger was adopted: {refused:?}")
    };
    assert!(
        refused
            .to_string()
            .contains(&std::process::id().to_string()),
        "who runs is said: {refused}"
    );
    // Neither the command's end nor the refusal touched the server.
    assert_eq!(
        count(
            &serving.owner_url("to06"),
            "select count(*) as n from shared"
        )
        .await,
        1
    );
}

#[tokio::test]
async fn a_killed_owner_leaves_no_orphan_and_loses_nothing_that_was_confirmed() {
    let folder = Folder::new("killed");
    let mut owner = Owner::start(&folder.0);
    run(
        &owner.url,
        "create table confirmed (n int); insert into confirmed values (6)",
    )
    .await;
    owner.process.kill().expect("SIGKILL");
    owner.process.wait().expect("its end");

    let deadline = Instant::now() + Duration::from_secs(10);
    while folder.0.join("postgres/postmaster.pid").exists()
        || UnixStream::connect(&owner.redis_socket).is_ok()
    {
        assert!(Instant::now() < deadline, "a server outlived its owner");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let dir = folder.open();
    let next = start_postgres(&dir, QUICK).expect("the next start");
    assert_eq!(
        count(
            &next.owner_url("to06"),
            "select n::bigint as n from confirmed"
        )
        .await,
        6
    );
}

#[tokio::test]
async fn the_next_start_waits_for_the_servers_of_a_killed_run() {
    let folder = Folder::new("successor");
    let mut owner = Owner::start(&folder.0);
    owner.process.kill().expect("SIGKILL");
    // At once, while they still write down what they hold.
    let dir = folder.open();
    let postgres = start_postgres(&dir, QUICK);
    let redis = start_redis(&dir);
    owner.process.wait().expect("its end");
    postgres.expect("the successor's PostgreSQL");
    redis.expect("the successor's Redis");
}

#[tokio::test]
async fn a_backup_comes_back_only_if_it_proves_itself() {
    let folder = Folder::new("backup");
    let copies = Folder::new("copies");
    let dir = folder.open();
    let copy = copies.0.join("first");
    let postgres = start_postgres(&dir, QUICK).expect("a first start");
    std::fs::write(dir.secrets_file(), "{\"key\":\"six\"}").expect("our own folder");
    run(
        &postgres.owner_url("to06"),
        "create table citizen (n int, epoch int); insert into citizen values (1, 1), (2, 1);
         create table forgotten (n int)",
    )
    .await;
    let manifest = backup(&dir, &copy, "2026-11-23T08:00:00Z").expect("a backup while serving");
    assert_eq!(manifest.rows.get("citizen"), Some(&2));

    run(
        &postgres.owner_url("to06"),
        "delete from citizen; insert into forgotten values (1), (2)",
    )
    .await;
    postgres.stop();
    std::fs::remove_file(dir.secrets_file()).expect("our own folder");

    let then = |epoch_sql| Afterwards {
        epoch_sql,
        forgotten_sql: "select n from forgotten order by n",
    };
    let two = [Invariant {
        name: "nobody is called two",
        sql: "select n from citizen where n = 2",
    }];
    let broken = restore(&dir, &copy, &two, then("")).expect_err("an invariant is broken");
    assert!(
        broken.to_string().contains("nobody is called two"),
        "{broken}"
    );
    assert_eq!(
        rows_of_citizen(&dir).await,
        0,
        "a refused backup changes nothing"
    );

    let three = [Invariant {
        name: "nobody is called three",
        sql: "select n from citizen where n = 3",
    }];
    let restored = restore(
        &dir,
        &copy,
        &three,
        then("update citizen set epoch = epoch + 1"),
    )
    .expect("a restore");
    assert_eq!(restored.to_forget, ["1", "2"], "gone before, back now");
    assert_eq!(rows_of_citizen(&dir).await, 2);
    assert!(dir.secrets_file().exists(), "the secrets came back");
    let postgres = start_postgres(&dir, QUICK).expect("a start after the restore");
    assert_eq!(
        count(
            &postgres.owner_url("to06"),
            "select min(epoch)::bigint as n from citizen"
        )
        .await,
        2
    );
    postgres.stop();

    std::fs::write(copy.join("database.dump"), "not a dump").expect("our own folder");
    let damaged = restore(&dir, &copy, &[], then("")).expect_err("a damaged backup");
    assert!(damaged.to_string().contains("database.dump"), "{damaged}");
}

#[test]
fn data_of_another_major_version_are_left_alone_and_the_upgrade_is_named() {
    let folder = Folder::new("version");
    let dir = folder.open();
    std::fs::create_dir_all(folder.0.join("postgres")).expect("our own folder");
    std::fs::write(folder.0.join("postgres/PG_VERSION"), "9\n").expect("our own folder");
    let refused = start_postgres(&dir, QUICK).expect_err("nobody has PostgreSQL 9");
    assert!(
        matches!(refused, PrivateError::OtherVersion { made_by: 9, .. }),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("pg_upgrade"), "{refused}");
}

#[test]
fn a_folder_that_the_servers_account_cannot_reach_is_named() {
    if !rustix::process::geteuid().is_root() {
        return; // An ordinary user's servers run as that user.
    }
    let folder = Folder::new("closed");
    std::fs::create_dir_all(folder.0.join("data")).expect("our own folder");
    std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o700))
        .expect("our own folder");
    let refused = DataDir::resolve(Some(folder.0.join("data")), &Surroundings::default());
    let Err(PrivateError::Closed { folder: named, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(named, folder.0);
}

async fn rows_of_citizen(dir: &DataDir) -> i64 {
    let postgres = start_postgres(dir, QUICK).expect("a start");
    count(
        &postgres.owner_url("to06"),
        "select count(*) as n from citizen",
    )
    .await
}

/// This test binary again, as a process of its own that owns both servers until it is killed.
struct Owner {
    process: Child,
    url: String,
    redis_socket: String,
}

impl Owner {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("our own path"))
            .args([
                "--ignored",
                "--exact",
                "--nocapture",
                "private_servers::an_owner_that_waits_to_be_killed",
            ])
            .env("TO06_TEST_OWNED_FOLDER", folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a second process");
        let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let mut ready = lines.map(|line| line.expect("a line")).filter_map(|line| {
            line.split_once("owns ")
                .map(|(_, servers)| servers.to_owned())
        });
        let servers = ready.next().expect("both servers start");
        let (url, redis) = servers.split_once(' ').expect("two addresses");
        let redis_socket = redis.trim_start_matches("redis+unix://").to_owned();
        Self {
            process,
            url: url.to_owned(),
            redis_socket,
        }
    }
}

#[test]
#[ignore = "run as a process of its own by the tests above"]
#[allow(
    clippy::print_stdout,
    reason = "the line is how its parent learns the addresses"
)]
#[allow(
    clippy::disallowed_methods,
    reason = "its parent tells it the folder this way"
)]
fn an_owner_that_waits_to_be_killed() {
    let Ok(folder) = std::env::var("TO06_TEST_OWNED_FOLDER") else {
        return;
    };
    let dir =
        DataDir::resolve(Some(folder.into()), &Surroundings::default()).expect("a data folder");
    let postgres = start_postgres(&dir, PostgresOptions { durable: true }).expect("PostgreSQL");
    let redis = start_redis(&dir).expect("Redis");
    println!(
        "owns {} {}",
        postgres.owner_url("to06"),
        redis.as_ref().map(|redis| redis.url()).unwrap_or_default()
    );
    loop {
        std::thread::park();
    }
}
