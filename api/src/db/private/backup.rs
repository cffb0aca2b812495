//! A copy that proves itself.
//!
//! A backup is a folder: `database.dump` (pg_dump's custom format), the secrets without which the
//! encrypted columns are noise, and `manifest.json` with a sum of each file and the rows of each
//! table, counted in the very snapshot that was dumped. A restore goes into a database beside the
//! present one; only when its counts are equal and no invariant is broken do the two change names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::Stdio;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::data_dir::DataDir;
use super::postgres::{DATABASE, PrivatePostgres, one_line};
use super::supervise::command;
use super::{PostgresOptions, PrivateError, connect_or_start, start_postgres};

const DUMP: &str = "database.dump";
const SECRETS: &str = "secrets.json";
const MANIFEST: &str = "manifest.json";
const RESTORING: &str = "to06_restoring";
const BEFORE_RESTORE: &str = "to06_before_restore";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The instant that the caller gave.
    pub made_at: String,
    /// The server that was dumped, such as "15.18".
    pub postgres: String,
    /// File name to SHA-256, in hexadecimal.
    pub files: BTreeMap<String, String>,
    /// Table name to its number of rows.
    pub rows: BTreeMap<String, u64>,
}

/// A sentence that must hold in a restored database: `sql` selects what breaks it, and selects
/// nothing when all is well.
#[derive(Clone, Copy, Debug)]
pub struct Invariant<'a> {
    pub name: &'a str,
    pub sql: &'a str,
}

/// What is done once a restored database has proven itself.
#[derive(Clone, Copy, Debug)]
pub struct Afterwards<'a> {
    /// Runs in it: phones must learn that time went back.
    pub epoch_sql: &'a str,
    /// Selects who was forgotten for good: a backup that is older knows them again.
    pub forgotten_sql: &'a str,
}

/// A backup that came back.
#[derive(Clone, Debug)]
pub struct Restored {
    pub manifest: Manifest,
    /// Whom the former database had forgotten and this one has not, as `forgotten_sql` names them.
    pub to_forget: Vec<String>,
}

/// Copies the private database and its secrets to the folder `to`, which must not exist. Serving
/// goes on meanwhile.
pub fn backup(dir: &DataDir, to: &Path, made_at: &str) -> Result<Manifest, PrivateError> {
    if to.exists() {
        return Err(wrong(
            format!("{} đã có: hãy chọn thư mục mới cho bản sao.", to.display()),
            format!(
                "{} exists already: a backup wants a folder of its own.",
                to.display()
            ),
        ));
    }
    let postgres = connect_or_start(dir, PostgresOptions { durable: true })?;
    let draft = to.with_extension("partial");
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(PrivateError::io("clearing", &draft))?;
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&draft)
        .map_err(PrivateError::io("making", &draft))?;

    let rows = dump(&postgres, &draft.join(DUMP))?;
    let mut files = BTreeMap::from([(DUMP.to_owned(), sum_of(&draft.join(DUMP))?)]);
    if dir.secrets_file().exists() {
        copy_closed(&dir.secrets_file(), &draft.join(SECRETS))?;
        files.insert(SECRETS.to_owned(), sum_of(&draft.join(SECRETS))?);
    }
    let version = postgres.query("postgres", "show server_version")?;
    let manifest = Manifest {
        made_at: made_at.to_owned(),
        postgres: version
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned(),
        files,
        rows,
    };
    let path = draft.join(MANIFEST);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| PrivateError::Io {
        doing: "writing the manifest".into(),
        source: error.into(),
    })?;
    write_closed(&path, &text)?;
    fs::rename(&draft, to).map_err(PrivateError::io("finishing", to))?;
    Ok(manifest)
}

/// Puts a backup in the place of the private database, after it has proven itself; `serve` must not
/// run. The former database stays as `to06_before_restore` until the next restore.
pub fn restore(
    dir: &DataDir,
    from: &Path,
    invariants: &[Invariant<'_>],
    afterwards: Afterwards<'_>,
) -> Result<Restored, PrivateError> {
    let manifest = read_manifest(from)?;
    for (name, sum) in &manifest.files {
        if sum_of(&from.join(name))? != *sum {
            return Err(wrong(
                format!("Bản sao hỏng: {name} không khớp manifest.json."),
                format!("The backup is damaged: {name} does not match manifest.json."),
            ));
        }
    }
    let postgres = start_postgres(dir, PostgresOptions { durable: true })?;
    postgres.query("postgres", &format!("drop database if exists {RESTORING}"))?;
    postgres.query(
        "postgres",
        &format!("create database {RESTORING} owner to06_owner template template0"),
    )?;
    let proven =
        load(&postgres, &from.join(DUMP)).and_then(|()| prove(&postgres, &manifest, invariants));
    if let Err(error) =
        proven.and_then(|()| postgres.query(RESTORING, afterwards.epoch_sql).map(drop))
    {
        postgres.query("postgres", &format!("drop database if exists {RESTORING}"))?;
        return Err(error);
    }
    let to_forget = to_forget(&postgres, afterwards.forgotten_sql)?;
    // The secrets go first: with the old ones the new rows could not be read, while the former
    // secrets stay beside them under another name.
    let secrets = dir.secrets_file();
    if manifest.files.contains_key(SECRETS)
        && sum_of(&secrets).ok().as_ref() != manifest.files.get(SECRETS)
    {
        if secrets.exists() {
            fs::rename(&secrets, secrets.with_extension("before-restore.json"))
                .map_err(PrivateError::io("moving aside", &secrets))?;
        }
        copy_closed(&from.join(SECRETS), &secrets)?;
    }
    postgres.query(
        "postgres",
        &format!("drop database if exists {BEFORE_RESTORE}"),
    )?;
    postgres.query(
        "postgres",
        &format!(
            "begin; alter database {DATABASE} rename to {BEFORE_RESTORE}; \
             alter database {RESTORING} rename to {DATABASE}; commit;"
        ),
    )?;
    Ok(Restored {
        manifest,
        to_forget,
    })
}

/// Whom the present database has forgotten and the restored one has not.
fn to_forget(postgres: &PrivatePostgres, sql: &str) -> Result<Vec<String>, PrivateError> {
    // On a machine that is new there is nobody to ask.
    let before = postgres.query(DATABASE, sql).unwrap_or_default();
    let restored = postgres.query(RESTORING, sql)?;
    let forgotten: BTreeSet<&str> = restored.lines().collect();
    let known_again = before.lines().filter(|one| !forgotten.contains(one));
    Ok(known_again.map(str::to_owned).collect())
}

/// Dumps and counts in one snapshot, which one session holds open for the other.
fn dump(postgres: &PrivatePostgres, to: &Path) -> Result<BTreeMap<String, u64>, PrivateError> {
    let refused = |error: std::io::Error| PrivateError::Io {
        doing: "speaking to psql".into(),
        source: error,
    };
    let mut holder = postgres.psql(DATABASE).spawn().map_err(refused)?;
    let (Some(mut ask), Some(answers)) = (holder.stdin.take(), holder.stdout.take()) else {
        return Err(refused(std::io::ErrorKind::BrokenPipe.into()));
    };
    let mut answers = BufReader::new(answers).lines();
    writeln!(
        ask,
        "begin transaction isolation level repeatable read read only;\nselect pg_export_snapshot();"
    )
    .map_err(refused)?;
    let snapshot = answers
        .next()
        .transpose()
        .map_err(refused)?
        .unwrap_or_default();

    let mut pg_dump = command(&postgres.program("pg_dump"), Path::new("/"), None);
    let output = pg_dump
        .args(["--format=custom", "--compress=6", "--snapshot"])
        .arg(&snapshot)
        .arg("--dbname")
        .arg(postgres.superuser_url(DATABASE))
        .stdout(Stdio::from(create_closed(to)?))
        .stderr(Stdio::piped())
        .output()
        .map_err(refused)?;
    if !output.status.success() {
        return Err(failed_tool("pg_dump", &output.stderr, to));
    }
    File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(PrivateError::io("writing", to))?;

    writeln!(ask, "{COUNT_ROWS};\ncommit;").map_err(refused)?;
    drop(ask);
    let mut counted = String::new();
    for line in answers {
        counted.push_str(&line.map_err(refused)?);
        counted.push('\n');
    }
    let ended = holder.wait().map_err(refused)?;
    if !ended.success() {
        return Err(wrong(
            "Không đếm được các bảng khi sao lưu.".into(),
            "The tables could not be counted for the backup.".into(),
        ));
    }
    parse_counts(&counted)
}

/// One row a table: its name and its true number of rows.
const COUNT_ROWS: &str = "
select c.relname, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I.%I', 'public', c.relname), false, true, '')))[1]::text
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by c.relname";

fn parse_counts(text: &str) -> Result<BTreeMap<String, u64>, PrivateError> {
    text.lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (table, rows) = line.split_once('\t')?;
            Some((table.to_owned(), rows.parse().ok()?))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| {
            wrong(
                "Không đọc được số dòng của các bảng.".into(),
                format!("The row counts could not be read: {}.", one_line(text)),
            )
        })
}

fn load(postgres: &PrivatePostgres, dump: &Path) -> Result<(), PrivateError> {
    let mut pg_restore = command(&postgres.program("pg_restore"), Path::new("/"), None);
    let output = pg_restore
        .args(["--exit-on-error", "--single-transaction", "--dbname"])
        .arg(postgres.superuser_url(RESTORING))
        .stdin(Stdio::from(
            File::open(dump).map_err(PrivateError::io("opening", dump))?,
        ))
        .output()
        .map_err(PrivateError::io("running pg_restore on", dump))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(failed_tool("pg_restore", &output.stderr, dump))
    }
}

fn prove(
    postgres: &PrivatePostgres,
    manifest: &Manifest,
    invariants: &[Invariant<'_>],
) -> Result<(), PrivateError> {
    let rows = parse_counts(&postgres.query(RESTORING, COUNT_ROWS)?)?;
    if rows != manifest.rows {
        let differing: Vec<&str> = manifest
            .rows
            .keys()
            .chain(rows.keys())
            .filter(|table| rows.get(*table) != manifest.rows.get(*table))
            .map(String::as_str)
            .collect();
        let names = differing.join(", ");
        return Err(wrong(
            format!("Số dòng sau khi khôi phục khác bản sao: {names}; dữ liệu cũ được giữ nguyên."),
            format!(
                "Row counts differ after the restore: {names}; the present data were left alone."
            ),
        ));
    }
    for invariant in invariants {
        let broken = postgres.query(RESTORING, invariant.sql)?.lines().count();
        if broken > 0 {
            let name = invariant.name;
            return Err(wrong(
                format!(
                    "Bản sao vi phạm điều kiện \"{name}\" ({broken} dòng); dữ liệu cũ được giữ nguyên."
                ),
                format!(
                    "The backup breaks \"{name}\" in {broken} rows; the present data were left alone."
                ),
            ));
        }
    }
    Ok(())
}

fn read_manifest(from: &Path) -> Result<Manifest, PrivateError> {
    let path = from.join(MANIFEST);
    let text = fs::read(&path).map_err(PrivateError::io("reading", &path))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| {
        wrong(
            format!("{} không phải bản sao của Tổ 06.", from.display()),
            format!("{} is no backup of Tổ 06: {error}.", from.display()),
        )
    })?;
    // A name from a file must not lead out of its folder.
    if !manifest.files.contains_key(DUMP)
        || manifest
            .files
            .keys()
            .any(|name| name != DUMP && name != SECRETS)
    {
        return Err(wrong(
            format!("{} không phải bản sao của Tổ 06.", from.display()),
            format!(
                "{} is no backup of Tổ 06: its manifest names other files.",
                from.display()
            ),
        ));
    }
    Ok(manifest)
}

fn sum_of(path: &Path) -> Result<String, PrivateError> {
    use std::fmt::Write as _;
    let refused = PrivateError::io("reading", path);
    let sum = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let mut hasher = Sha256::new();
        let mut block = vec![0_u8; 64 << 10];
        loop {
            match file.read(&mut block)? {
                0 => break,
                read => hasher.update(&block[..read]),
            }
        }
        Ok(hasher
            .finalize()
            .iter()
            .fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            }))
    };
    sum().map_err(refused)
}

fn create_closed(path: &Path) -> Result<File, PrivateError> {
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(PrivateError::io("making", path))
}

fn write_closed(path: &Path, bytes: &[u8]) -> Result<(), PrivateError> {
    let mut file = create_closed(path)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(PrivateError::io("writing", path))
}

fn copy_closed(from: &Path, to: &Path) -> Result<(), PrivateError> {
    let bytes = fs::read(from).map_err(PrivateError::io("reading", from))?;
    write_closed(to, &bytes)
}

fn failed_tool(program: &'static str, said: &[u8], at: &Path) -> PrivateError {
    let said = String::from_utf8_lossy(said);
    if PrivateError::is_about_room(&said) {
        return PrivateError::DiskFull { folder: at.into() };
    }
    PrivateError::Backup {
        vi: format!("{program} không thành công: {}.", one_line(&said)),
        en: format!("{program} failed: {}.", one_line(&said)),
    }
}

fn wrong(vi: String, en: String) -> PrivateError {
    PrivateError::Backup { vi, en }
}
