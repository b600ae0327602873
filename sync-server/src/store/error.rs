//! What can go wrong in a store: opening it apart from using it.

use std::path::PathBuf;

/// A store that cannot be opened. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file was written by a newer server.
    #[error("{path}：由更新的服务器程序写成（结构版本 {found}，本程序只到 {known}），请装回那个版本")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Schema number of the file.
        found: u32,
        /// Newest schema number this server knows.
        known: u32,
    },
    /// There is no ledger, and the command is not one that begins a new one.
    #[error(
        "{path}：这里没有数据，请检查 --data 指向的目录；要新建数据，请在 serve、import 或 account add 后加 --create"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file is not a database, or a damaged one.
    #[error(
        "{path}：不是数据文件，或已损坏。请先停止服务器，把整个数据目录原样复制一份留存，再换回此前备份的数据目录：\
         服务器会发现数据变旧了，请各手机把缺少的内容重新上报"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The folder or file cannot be read or written.
    #[error("{path}：无法读写")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
    /// Anything else the database said.
    #[error("{path}：数据文件打不开")]
    Other {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A failed read or write. A failed write left nothing behind.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk; the same request will succeed once there is.
    #[error("磁盘已满，或数据文件已到上限")]
    Full,
    /// Another process kept the database for too long; the same request will succeed later.
    #[error("数据正被别的程序占用，请稍后再试")]
    Busy,
    /// The store is shutting down.
    #[error("数据已关闭")]
    Closed,
    /// A stored value is not what its column promises.
    #[error("存储的内容不合格式：{0}")]
    Value(String),
    /// Anything else the database said.
    #[error("数据文件读写失败")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether the same request may succeed later without anyone changing it.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Full | Self::Busy | Self::Closed)
    }
}
