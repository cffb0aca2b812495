//! Where the server binaries are, and of which version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{PrivateError, Surroundings};

/// PostgreSQL before 15 lets everybody create tables in `public` and has no ICU-free C.UTF-8.
pub(super) const POSTGRES_MAJOR_MIN: u32 = 15;
/// Redis before 6.2 lacks the expiry options that the hold scripts use.
const REDIS_MIN: (u32, u32) = (6, 2);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PostgresBinaries {
    pub folder: PathBuf,
    pub major: u32,
}

impl PostgresBinaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Every PostgreSQL of this machine that has its server and client programs side by side, newest
/// first, also those that are too old: a message needs them.
pub(super) fn find_postgres(surroundings: &Surroundings) -> Vec<PostgresBinaries> {
    let mut found = known_postgres(usual_folders(surroundings));
    if found.is_empty() {
        // A place that only its own tool knows.
        let told = path_folders(surroundings)
            .iter()
            .map(|folder| folder.join("pg_config"))
            .filter(|tool| tool.is_file())
            .filter_map(|tool| output(Command::new(tool).arg("--bindir")))
            .map(|folder| PathBuf::from(folder.trim()))
            .collect();
        found = known_postgres(told);
    }
    found
}

fn usual_folders(surroundings: &Surroundings) -> Vec<PathBuf> {
    let mut folders = path_folders(surroundings);
    folders.extend(versioned_folders("/usr/lib/postgresql", "", "bin"));
    folders.extend(versioned_folders("/usr", "pgsql-", "bin"));
    for brew in ["/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(versioned_folders(brew, "postgresql@", "bin"));
        folders.push(Path::new(brew).join("postgresql/bin"));
    }
    folders
}

/// Where a server lies. A link to it alone (/usr/local/bin/postgres) leads to the folder of all of its
/// programs.
fn homes(folders: &[PathBuf]) -> impl Iterator<Item = PathBuf> {
    folders
        .iter()
        .filter_map(|folder| fs::canonicalize(folder.join("postgres")).ok())
        .filter_map(|server| server.parent().map(Path::to_path_buf))
}

/// What a folder with a server lacks of what we need beside it.
fn lacks(home: &Path) -> Option<&'static str> {
    ["initdb", "psql", "pg_dump", "pg_restore"]
        .into_iter()
        .find(|name| !home.join(name).is_file())
}

fn known_postgres(folders: Vec<PathBuf>) -> Vec<PostgresBinaries> {
    let mut homes: Vec<PathBuf> = homes(&folders)
        .filter(|home| lacks(home).is_none())
        .collect();
    homes.sort();
    homes.dedup();
    let mut found: Vec<PostgresBinaries> = homes
        .into_iter()
        .filter_map(|folder| {
            let said = output(Command::new(folder.join("postgres")).arg("--version"))?;
            Some(PostgresBinaries {
                major: numbers(&said)?.0,
                folder,
            })
        })
        .collect();
    found.sort_by_key(|binaries| std::cmp::Reverse(binaries.major));
    found
}

/// The newest PostgreSQL that will do.
pub(super) fn newest_postgres(
    surroundings: &Surroundings,
) -> Result<PostgresBinaries, PrivateError> {
    let newest = find_postgres(surroundings).into_iter().next();
    match newest {
        Some(binaries) if binaries.major >= POSTGRES_MAJOR_MIN => Ok(binaries),
        Some(old) => Err(no_postgres(Some(old.major))),
        None => Err(incomplete(&usual_folders(surroundings)).unwrap_or_else(|| no_postgres(None))),
    }
}

fn no_postgres(found: Option<u32>) -> PrivateError {
    PrivateError::MissingBinary {
        program: "PostgreSQL",
        wanted: "15+",
        found: found.map(|major| major.to_string()),
        instead: "DATABASE_URL",
    }
}

/// A server that lies there without what belongs to it: "not installed" would send people in circles.
fn incomplete(folders: &[PathBuf]) -> Option<PrivateError> {
    homes(folders).find_map(|folder| {
        let lacks = lacks(&folder)?;
        Some(PrivateError::Incomplete { folder, lacks })
    })
}

/// A Redis, or a Valkey, which speaks the same. None: not installed.
pub(super) fn find_redis(surroundings: &Surroundings) -> Result<Option<PathBuf>, PrivateError> {
    let mut folders = path_folders(surroundings);
    folders.extend(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map(PathBuf::from));
    let program = ["redis-server", "valkey-server"]
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| program.is_file());
    let Some(program) = program else {
        return Ok(None);
    };
    let said = output(Command::new(&program).arg("--version")).unwrap_or_default();
    match said
        .split_once("v=")
        .and_then(|(_, version)| numbers(version))
    {
        Some(version) if version < REDIS_MIN => Err(PrivateError::MissingBinary {
            program: "Redis",
            wanted: "6.2+",
            found: Some(format!("{}.{}", version.0, version.1)),
            instead: "REDIS_URL",
        }),
        _ => Ok(Some(program)),
    }
}

fn path_folders(surroundings: &Surroundings) -> Vec<PathBuf> {
    surroundings
        .path
        .as_deref()
        .map(|path| {
            std::env::split_paths(path)
                .filter(|folder| folder.is_absolute())
                .collect()
        })
        .unwrap_or_default()
}

fn versioned_folders(parent: &str, prefix: &str, inside: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            name.to_str()
                .and_then(|name| name.strip_prefix(prefix))
                .is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        })
        .map(|entry| entry.path().join(inside))
        .collect()
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first version in a text: "postgres (PostgreSQL) 15.18 (Debian …)" is (15, 18).
fn numbers(text: &str) -> Option<(u32, u32)> {
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let version = &text[start..];
    let end = version
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(version.len());
    let mut parts = version[..end]
        .split('.')
        .map(|part| part.parse().unwrap_or(0));
    Some((parts.next()?, parts.next().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_its_tools_is_told_by_what_it_lacks() {
        let folder = std::env::temp_dir().join(format!("to06-half-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for program in ["postgres", "psql"] {
            fs::write(folder.join(program), "").unwrap();
        }
        let told = incomplete(std::slice::from_ref(&folder)).map(|error| error.to_string());
        let nothing = incomplete(&[folder.join("elsewhere")]);
        fs::remove_dir_all(&folder).unwrap();
        let told = told.unwrap();
        assert!(
            told.contains("thiếu initdb") && told.contains("lacks initdb"),
            "{told}"
        );
        assert!(nothing.is_none());
    }

    #[test]
    fn versions_are_read_from_what_the_servers_say() {
        assert_eq!(
            numbers("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some((15, 18))
        );
        assert_eq!(numbers("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(
            numbers("7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0"),
            Some((7, 0))
        );
        assert_eq!(numbers("no version"), None);
    }
}
