//! Where the data lie, who may touch them, and who has them open.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock, statvfs};
use rustix::process::geteuid;
use sha2::{Digest, Sha256};

use super::PrivateError;

/// A previous run that was killed needs this long at most to leave the folder.
pub(super) const PREDECESSOR_WAIT: Duration = Duration::from_secs(10);

/// What we need to know of our process's environment. Only `config.rs` reads it, so it tells us.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub home: Option<PathBuf>,
    pub xdg_data_home: Option<PathBuf>,
    pub xdg_runtime_dir: Option<PathBuf>,
    pub path: Option<OsString>,
}

/// The unprivileged account that the servers run as when we are root: PostgreSQL refuses root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

/// The folder of everything that must survive us, and the closed folder of the sockets.
#[derive(Debug)]
pub struct DataDir {
    root: PathBuf,
    sockets: PathBuf,
    account: Option<Account>,
    surroundings: Surroundings,
    /// Held by a throwaway folder for its life; the folder goes with it.
    throwaway: Option<FolderLock>,
}

impl DataDir {
    /// `explicit` (TO06_DATA_DIR) wins; else `/var/lib/to06` for root (whose home is closed to the
    /// server's account), else the user's own data folder. The folder is made if missing.
    pub fn resolve(
        explicit: Option<PathBuf>,
        surroundings: &Surroundings,
    ) -> Result<Self, PrivateError> {
        let wanted = match explicit {
            Some(folder) => folder,
            None if geteuid().is_root() => PathBuf::from("/var/lib/to06"),
            None => match (&surroundings.xdg_data_home, &surroundings.home) {
                (Some(data_home), _) if data_home.is_absolute() => data_home.join("to06"),
                (_, Some(home)) => home.join(".local/share/to06"),
                _ => return Err(PrivateError::NoHome),
            },
        };
        Self::open(&wanted, surroundings)
    }

    /// A folder for one test run, removed when dropped. Folders of runs that were killed are swept
    /// first: nobody holds their lock.
    pub fn throwaway(surroundings: &Surroundings) -> Result<Self, PrivateError> {
        sweep_throwaways();
        let mut random = [0_u8; 4];
        getrandom::fill(&mut random).map_err(|error| PrivateError::Io {
            doing: "drawing random bytes".into(),
            source: std::io::Error::other(error.to_string()),
        })?;
        let name = format!("{THROWAWAY_PREFIX}{:08x}", u32::from_le_bytes(random));
        let mut dir = Self::open(&Path::new("/tmp").join(name), surroundings)?;
        dir.throwaway = Some(dir.lock("throwaway")?);
        Ok(dir)
    }

    fn open(wanted: &Path, surroundings: &Surroundings) -> Result<Self, PrivateError> {
        let account = if geteuid().is_root() {
            Some(unprivileged_account()?)
        } else {
            None
        };
        if !wanted.exists() {
            let mode = if account.is_some() { 0o755 } else { 0o700 };
            make_folders(wanted, mode)?;
        }
        let root = fs::canonicalize(wanted).map_err(PrivateError::io("opening", wanted))?;
        if let Some(account) = &account {
            assert_reachable(&root, account)?;
        }
        let sockets = socket_folder(&root, account.as_ref(), surroundings);
        Ok(Self {
            root,
            sockets,
            account,
            surroundings: surroundings.clone(),
            throwaway: None,
        })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Where the keys lie that make the database's ciphertext readable: a backup without this file
    /// is worth nothing.
    pub fn secrets_file(&self) -> PathBuf {
        self.root.join("secrets.json")
    }

    /// Where `serve --lan` keeps its certificate.
    pub fn lan_folder(&self) -> PathBuf {
        self.root.join("lan")
    }

    /// The closed folder of the sockets, short enough for their paths.
    pub fn sockets(&self) -> &Path {
        &self.sockets
    }

    /// Makes the folder of the sockets, which the last to stop removed, before a server needs it.
    pub(super) fn make_sockets(&self) -> Result<(), PrivateError> {
        let folder = &self.sockets;
        make_closed_folder(folder, self.account.as_ref())?;
        // In /tmp anybody could have made it first, and would then be our database.
        let seen = fs::symlink_metadata(folder).map_err(PrivateError::io("reading", folder))?;
        let owner = self
            .account
            .as_ref()
            .map_or_else(|| geteuid().as_raw(), |account| account.uid);
        if !seen.is_dir() || seen.uid() != owner || seen.mode() & 0o077 != 0 {
            return Err(PrivateError::ForeignSocketFolder {
                folder: folder.clone(),
            });
        }
        Ok(())
    }

    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    pub(super) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// A folder inside the data that only the server's account may enter.
    pub(super) fn server_folder(&self, name: &str) -> Result<PathBuf, PrivateError> {
        let folder = self.root.join(name);
        make_closed_folder(&folder, self.account.as_ref())?;
        Ok(folder)
    }

    /// A log to append to; one that has grown too long is moved aside first.
    pub(super) fn open_log(&self, name: &str) -> Result<(File, PathBuf), PrivateError> {
        const LOG_MAX_BYTES: u64 = 8 << 20;
        let path = self.root.join(name);
        if fs::metadata(&path).is_ok_and(|log| log.len() > LOG_MAX_BYTES) {
            fs::rename(&path, path.with_extension("log.1"))
                .map_err(PrivateError::io("moving aside", &path))?;
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&path)
            .map_err(PrivateError::io("opening", &path))?;
        Ok((log, path))
    }

    /// Says so before a server fails in a way that is harder to read.
    pub(super) fn assert_room(&self, bytes: u64) -> Result<(), PrivateError> {
        match free_bytes(&self.root) {
            Some(free) if free < bytes => Err(PrivateError::DiskFull {
                folder: self.root.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Takes the named lock, waiting for a dying predecessor; else says who has it.
    pub(super) fn lock(&self, name: &str) -> Result<FolderLock, PrivateError> {
        let deadline = Instant::now() + PREDECESSOR_WAIT;
        loop {
            match self.try_lock(name)? {
                Ok(lock) => return Ok(lock),
                Err(holder) if Instant::now() >= deadline => {
                    return Err(PrivateError::Taken {
                        folder: self.root.clone(),
                        process: holder,
                    });
                }
                Err(_) => sleep(Duration::from_millis(50)),
            }
        }
    }

    /// The lock, or who has it.
    pub(super) fn try_lock(&self, name: &str) -> Result<Result<FolderLock, String>, PrivateError> {
        let path = self.root.join(format!("{name}.lock"));
        let refused = PrivateError::io("locking", &path);
        let mut file = match OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(&path)
        {
            Ok(file) => file,
            Err(error) => return Err(refused(error)),
        };
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                let stamped = file
                    .set_len(0)
                    .and_then(|()| file.seek(SeekFrom::Start(0)))
                    .and_then(|_| write!(file, "{}", std::process::id()));
                stamped.map_err(refused)?;
                Ok(Ok(FolderLock { _file: file }))
            }
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut pid = String::new();
                let _ = file.read_to_string(&mut pid);
                Ok(Err(format!(
                    "process {}",
                    if pid.is_empty() { "?" } else { pid.trim() }
                )))
            }
            Err(error) => Err(refused(error.into())),
        }
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        if self.throwaway.is_some() {
            let _ = fs::remove_dir_all(&self.root);
            let _ = fs::remove_dir_all(&self.sockets);
        }
    }
}

/// A lock that ends with the process, however it ends. The kernel keeps it, not the file.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

const THROWAWAY_PREFIX: &str = "to06-throwaway-";

fn sweep_throwaways() {
    let Ok(entries) = fs::read_dir("/tmp") else {
        return;
    };
    for entry in entries.flatten() {
        if !entry
            .file_name()
            .as_bytes()
            .starts_with(THROWAWAY_PREFIX.as_bytes())
        {
            continue;
        }
        let root = entry.path();
        let Ok(lock) = File::open(root.join("throwaway.lock")) else {
            continue;
        };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = fs::remove_dir_all(&root);
            for parent in ["/run", "/tmp"] {
                let _ = fs::remove_dir_all(Path::new(parent).join(socket_folder_name(&root)));
            }
        }
    }
}

/// What an ordinary account may still write on this folder's disk.
pub(super) fn free_bytes(folder: &Path) -> Option<u64> {
    let disk = statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn make_folders(folder: &Path, mode: u32) -> Result<(), PrivateError> {
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(folder)
        .and_then(|()| fs::set_permissions(folder, Permissions::from_mode(mode)))
        .map_err(PrivateError::io("making", folder))
}

fn make_closed_folder(folder: &Path, account: Option<&Account>) -> Result<(), PrivateError> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(PrivateError::io("making", folder)(error)),
    }
    if let Some(account) = account {
        std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid))
            .map_err(PrivateError::io("handing over", folder))?;
    }
    Ok(())
}

/// Socket paths end at 107 bytes, so the sockets live in a short folder of their own, named after
/// the data's path: whoever knows the data finds the socket.
fn socket_folder(root: &Path, account: Option<&Account>, surroundings: &Surroundings) -> PathBuf {
    const SOCKET_FOLDER_MAX_BYTES: usize = 80;
    let name = socket_folder_name(root);
    let parent = match (account, &surroundings.xdg_runtime_dir) {
        (Some(_), _) if Path::new("/run").is_dir() => PathBuf::from("/run"),
        (None, Some(runtime))
            if runtime.is_dir()
                && runtime.as_os_str().len() + name.len() < SOCKET_FOLDER_MAX_BYTES =>
        {
            runtime.clone()
        }
        _ => PathBuf::from("/tmp"),
    };
    parent.join(name)
}

fn socket_folder_name(root: &Path) -> String {
    let digest = Sha256::digest(root.as_os_str().as_bytes());
    digest
        .iter()
        .take(5)
        .fold(String::from("to06-"), |name, byte| {
            format!("{name}{byte:02x}")
        })
}

/// `postgres` if the package made it, else `nobody`.
fn unprivileged_account() -> Result<Account, PrivateError> {
    let path = Path::new("/etc/passwd");
    let passwd = fs::read_to_string(path).map_err(PrivateError::io("reading", path))?;
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| find_account(&passwd, name))
        .ok_or_else(|| PrivateError::Io {
            doing: "looking for the account postgres or nobody".into(),
            source: std::io::Error::from(std::io::ErrorKind::NotFound),
        })
}

fn find_account(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account {
            name: name.into(),
            uid,
            gid,
        })
    })
}

/// A closed folder on the way shows as "Permission denied" deep inside `initdb`; better here.
fn assert_reachable(root: &Path, account: &Account) -> Result<(), PrivateError> {
    for folder in root.ancestors() {
        let seen = fs::metadata(folder).map_err(PrivateError::io("reading", folder))?;
        let bit = if seen.uid() == account.uid {
            0o100
        } else if seen.gid() == account.gid {
            0o010
        } else {
            0o001
        };
        if seen.mode() & bit == 0 {
            return Err(PrivateError::Closed {
                folder: folder.into(),
                account: account.name.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let passwd =
            "postgresql:x:1:1::/:/bin/sh\npostgres:x:101:104:PostgreSQL,,,:/var/lib:/bin/bash\n";
        assert_eq!(
            find_account(passwd, "postgres"),
            Some(Account {
                name: "postgres".into(),
                uid: 101,
                gid: 104
            })
        );
        assert_eq!(find_account(passwd, "nobody"), None);
    }

    #[test]
    fn a_user_without_a_home_is_told_what_to_set() {
        if !geteuid().is_root() {
            let lost = DataDir::resolve(None, &Surroundings::default());
            assert!(matches!(lost, Err(PrivateError::NoHome)));
        }
    }
}
