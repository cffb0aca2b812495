//! Everything that can be wrong with a private server, one sentence each.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a private server could not be had. `Display` speaks to the operator: Vietnamese, then
/// English on a line of its own.
#[derive(Debug)]
pub enum PrivateError {
    /// Neither a home folder nor `TO06_DATA_DIR` says where the data may lie.
    NoHome,
    /// Server binaries are not installed, or are too old.
    MissingBinary {
        program: &'static str,
        wanted: &'static str,
        found: Option<String>,
        instead: &'static str,
    },
    /// A PostgreSQL whose package was installed in part, or damaged.
    Incomplete {
        folder: PathBuf,
        lacks: &'static str,
    },
    /// A process that lives uses this folder.
    Taken { folder: PathBuf, process: String },
    /// The server's account may not enter a folder on the way to the data.
    Closed { folder: PathBuf, account: String },
    /// Somebody else made the folder where our socket should be.
    ForeignSocketFolder { folder: PathBuf },
    /// The data were made by a major version that is not installed.
    OtherVersion {
        folder: PathBuf,
        made_by: u32,
        installed: u32,
        upgrade: String,
    },
    /// No room is left on the data's disk.
    DiskFull { folder: PathBuf },
    /// The server ended, or did not answer in time; `reason` is its own last word.
    Failed {
        program: &'static str,
        reason: String,
        log: PathBuf,
    },
    /// A backup that is not one, or a restored database that did not prove itself.
    Backup { vi: String, en: String },
    /// The operating system refused; `doing` says what we were at.
    Io { doing: String, source: io::Error },
}

impl PrivateError {
    pub(super) fn io(doing: impl Into<String>, at: &Path) -> impl FnOnce(io::Error) -> Self {
        let doing = format!("{} {}", doing.into(), at.display());
        let folder = at.to_path_buf();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { folder },
            _ => Self::Io { doing, source },
        }
    }

    /// Whether a server's or a tool's words mean that the disk is full: they have many for it.
    pub fn is_about_room(said: &str) -> bool {
        [
            "No space left on device",
            "Disk quota exceeded",
            "could not extend file",
        ]
        .iter()
        .any(|words| said.contains(words))
    }

    /// The Vietnamese sentence and the English one.
    fn sentences(&self) -> (String, String) {
        match self {
            Self::NoHome => (
                "Không biết đặt dữ liệu ở đâu: hãy đặt TO06_DATA_DIR.".into(),
                "Nowhere to keep the data: HOME is not set, so set TO06_DATA_DIR.".into(),
            ),
            Self::MissingBinary {
                program,
                wanted,
                found,
                instead,
            } => match found {
                None => (
                    format!("Chưa cài {program} (cần {wanted}): chạy ./up, hoặc đặt {instead}."),
                    format!(
                        "{program} is not installed ({wanted} is needed): run ./up, or set {instead}."
                    ),
                ),
                Some(found) => (
                    format!(
                        "{program} {found} quá cũ (cần {wanted}): nâng cấp, hoặc đặt {instead}."
                    ),
                    format!(
                        "{program} {found} is too old ({wanted} is needed): upgrade it, or set {instead}."
                    ),
                ),
            },
            Self::Incomplete { folder, lacks } => (
                format!(
                    "PostgreSQL ở {} thiếu {lacks}: cài lại PostgreSQL, hoặc đặt DATABASE_URL.",
                    folder.display()
                ),
                format!(
                    "The PostgreSQL in {} lacks {lacks}: reinstall PostgreSQL, or set DATABASE_URL.",
                    folder.display()
                ),
            ),
            Self::Taken { folder, process } => (
                format!(
                    "{} đang được dùng bởi {process}: dừng tiến trình đó trước, hoặc đặt TO06_DATA_DIR khác.",
                    folder.display()
                ),
                format!(
                    "{} is in use by {process}: stop that first, or choose another TO06_DATA_DIR.",
                    folder.display()
                ),
            ),
            Self::Closed { folder, account } => (
                format!(
                    "Tài khoản {account} không vào được {}: mở quyền đi qua (chmod o+x) hoặc đặt TO06_DATA_DIR khác.",
                    folder.display()
                ),
                format!(
                    "The account {account} cannot pass through {}: open it (chmod o+x), or choose another TO06_DATA_DIR.",
                    folder.display()
                ),
            ),
            Self::ForeignSocketFolder { folder } => (
                format!(
                    "{} không phải do chúng tôi tạo: xóa thư mục đó rồi chạy lại.",
                    folder.display()
                ),
                format!(
                    "{} was not made by us or is open to others: remove it and start again.",
                    folder.display()
                ),
            ),
            Self::OtherVersion {
                folder,
                made_by,
                installed,
                upgrade,
            } => (
                format!(
                    "Dữ liệu ở {} thuộc PostgreSQL {made_by}, máy chỉ có {installed}: cài postgresql-{made_by}, hoặc nâng cấp bằng: {upgrade}",
                    folder.display()
                ),
                format!(
                    "The data in {} are PostgreSQL {made_by}'s, only {installed} is installed: install postgresql-{made_by}, or upgrade with: {upgrade}",
                    folder.display()
                ),
            ),
            Self::DiskFull { folder } => (
                format!(
                    "Hết chỗ trên đĩa chứa {}: giải phóng ít nhất 200 MB rồi chạy lại.",
                    folder.display()
                ),
                format!(
                    "The disk is full: {} needs at least 200 MB free; make room and start again.",
                    folder.display()
                ),
            ),
            Self::Failed {
                program,
                reason,
                log,
            } => (
                format!(
                    "{program} không chạy được: {reason} (nhật ký: {}).",
                    log.display()
                ),
                format!(
                    "{program} did not start or stopped: {reason} (log: {}).",
                    log.display()
                ),
            ),
            Self::Backup { vi, en } => (vi.clone(), en.clone()),
            Self::Io { doing, source } => (
                format!("Hệ điều hành từ chối: {doing}: {source}."),
                format!("The operating system refused: {doing}: {source}."),
            ),
        }
    }
}

impl fmt::Display for PrivateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (vi, en) = self.sentences();
        write!(out, "{vi}\n{en}")
    }
}

impl std::error::Error for PrivateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
