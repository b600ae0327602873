//! The files of an import: named ones, and all that lies in a folder.
//!
//! Flow: paths → files in name order, folders with all below them → each opened once; its sheets are kept, for the reading
//! and for the report. Failure: a file that was named and cannot be read ends the import; one that only lies in a folder
//! and is no table is told and passed over, as is what programs leave behind (lock files, previews). Links in a folder
//! are not followed: they may lead anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use roster::{Finding, FindingCode};
use spreadsheet::{OpenError, Sheet, TableFile, is_office_litter, open};

/// Most files of one import.
const FILE_LIMIT: usize = 2_000;
/// How deep a folder is looked into.
const DEPTH_LIMIT: usize = 16;
/// Larger files are not even read: nothing that large is opened.
const FILE_LIMIT_BYTES: u64 = 256 * 1024 * 1024;

/// A file of an import, open.
#[derive(Debug)]
pub struct SourceFile {
    /// Its name for messages: as it was named, or relative to the folder that was named.
    pub name: String,
    /// Its sheets.
    pub sheets: Vec<Sheet>,
    /// Whether it was named itself, and does not only lie in a folder.
    pub is_named: bool,
}

/// What an import reads.
#[derive(Debug, Default)]
pub struct Sources {
    /// The files, in order.
    pub files: Vec<SourceFile>,
    /// What was passed over, and why.
    pub findings: Vec<Finding>,
}

/// Why the files cannot be taken; nothing is imported.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file or folder cannot be read.
    #[error("{}：无法读取", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        source: io::Error,
    },
    /// A file that was named is no table.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// More than any office has.
    #[error("{}：里面的文件太多或文件夹太深（最多 {FILE_LIMIT} 个文件、{DEPTH_LIMIT} 层），请分几次导入", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
    },
    /// Nothing in the folders is a table.
    #[error("给出的文件夹里没有能读的表格")]
    Nothing,
}

/// Opens files, and every file in folders.
///
/// # Errors
/// When something that was named cannot be read, or nothing is left.
pub fn open_sources(paths: &[PathBuf]) -> Result<Sources, SourceError> {
    let mut sources = Sources::default();
    let mut taken = BTreeSet::new();
    for path in paths {
        let io_error = |source| SourceError::Io { path: path.clone(), source };
        let metadata = fs::metadata(path).map_err(io_error)?;
        if !taken.insert(fs::canonicalize(path).map_err(io_error)?) {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            sources.findings.push(skip_file(&name, "给了两次，只读一次"));
        } else if metadata.is_dir() {
            open_folder(path, &mut sources)?;
        } else {
            let name = name_file(path, paths);
            let sheets = open_file(&name, path)?;
            sources.files.push(SourceFile { name, sheets, is_named: true });
        }
    }
    if sources.files.is_empty() && !paths.is_empty() {
        return Err(SourceError::Nothing);
    }
    Ok(sources)
}

fn open_file(name: &str, path: &Path) -> Result<Vec<Sheet>, SourceError> {
    let io_error = |source| SourceError::Io { path: path.to_owned(), source };
    if fs::metadata(path).map_err(io_error)?.len() > FILE_LIMIT_BYTES {
        return Err(OpenError::TooLarge { file: name.to_owned(), limit: "超过 200 MB" }.into());
    }
    let bytes = fs::read(path).map_err(io_error)?;
    Ok(open(&TableFile { name, bytes: &bytes })?)
}

fn open_folder(folder: &Path, sources: &mut Sources) -> Result<(), SourceError> {
    let mut found = Vec::new();
    list_files(folder, folder, 0, &mut found)?;
    if found.len() > FILE_LIMIT {
        return Err(SourceError::TooMany { path: folder.to_owned() });
    }
    for Found { name, path, kind } in found {
        let passed_over = match kind {
            FoundKind::Link => "是链接，没有打开".to_owned(),
            FoundKind::Other => "不是文件，没有打开".to_owned(),
            FoundKind::File => match open_file(&name, &path) {
                Ok(sheets) => {
                    sources.files.push(SourceFile { name, sheets, is_named: false });
                    continue;
                }
                Err(_) if is_litter(&path) => "是程序留下的临时文件，没有读".to_owned(),
                Err(error) => {
                    let source = std::error::Error::source(&error).map(|why| format!("：{why}")).unwrap_or_default();
                    let text = format!("{error}{source}");
                    text.strip_prefix(&format!("{name}：")).unwrap_or(&text).to_owned() + "；没有读"
                }
            },
        };
        sources.findings.push(skip_file(&name, &passed_over));
    }
    Ok(())
}

/// The finding of a file that was passed over.
pub(super) fn skip_file(name: &str, why: &str) -> Finding {
    Finding {
        file: name.to_owned(),
        sheet: String::new(),
        row: 0,
        code: FindingCode::FileSkipped,
        text: why.to_owned(),
    }
}

struct Found {
    name: String,
    path: PathBuf,
    kind: FoundKind,
}

enum FoundKind {
    File,
    Link,
    Other,
}

/// All that lies below a folder, in the order of names.
fn list_files(root: &Path, folder: &Path, depth: usize, found: &mut Vec<Found>) -> Result<(), SourceError> {
    if depth > DEPTH_LIMIT || found.len() > FILE_LIMIT {
        return Err(SourceError::TooMany { path: root.to_owned() });
    }
    let io_error = |source| SourceError::Io { path: folder.to_owned(), source };
    let mut entries: Vec<fs::DirEntry> =
        fs::read_dir(folder).map_err(io_error)?.collect::<Result<_, _>>().map_err(io_error)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type().map_err(io_error)?);
        if kind.is_dir() {
            list_files(root, &path, depth + 1, found)?;
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path);
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        let kind = match kind {
            _ if kind.is_symlink() => FoundKind::Link,
            _ if kind.is_file() => FoundKind::File,
            _ => FoundKind::Other,
        };
        found.push(Found { name: parts.join("/"), path, kind });
    }
    Ok(())
}

/// Whether a file is what programs leave behind in a folder of tables.
fn is_litter(path: &Path) -> bool {
    let mut start = Vec::new();
    let begun = fs::File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    begun.is_ok() && is_office_litter(&name, &start)
}

/// The name of a file by itself, or with its folder where another has the same.
fn name_file(path: &Path, paths: &[PathBuf]) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let shares = paths.iter().filter(|other| other.file_name() == Some(name)).count() > 1;
    let folder = path.parent().and_then(Path::file_name).filter(|_| shares);
    match folder {
        Some(folder) => format!("{}/{}", folder.to_string_lossy(), name.to_string_lossy()),
        None => name.to_string_lossy().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    #[test]
    fn a_folder_gives_its_tables_by_name_and_tells_what_it_passes_over() {
        let folder = tempfile::TempDir::new().expect("a folder");
        write(folder.path(), "二区/2栋.csv", "姓名,房号\n甲一,101\n");
        write(folder.path(), "1栋.csv", "姓名,房号\n甲一,101\n");
        write(folder.path(), "~$1栋.xlsx", "x");
        write(folder.path(), "照片.jpg", "\u{1}\u{2}");
        write(folder.path(), ".DS_Store", "x");
        write(folder.path(), "空.csv", "");
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("1栋.csv"), folder.path().join("链接.csv")).expect("a link");
        let sources = open_sources(&[folder.path().to_owned()]).expect("opened");
        let names: Vec<&str> = sources.files.iter().map(|file| file.name.as_str()).collect();
        assert!(names.starts_with(&["1栋.csv", "二区/2栋.csv"]), "{names:?}");
        assert!(sources.files.iter().all(|file| !file.is_named));
        let passed: Vec<&str> = sources.findings.iter().map(|finding| finding.file.as_str()).collect();
        for name in [
            ".DS_Store",
            "~$1栋.xlsx",
            "空.csv",
            #[cfg(unix)]
            "链接.csv",
        ] {
            assert!(passed.contains(&name) && !names.contains(&name), "{name}: {passed:?}");
        }
        assert!(sources.findings.iter().all(|finding| !finding.text.is_empty()));
    }

    #[test]
    fn a_file_that_was_named_must_be_read() {
        let folder = tempfile::TempDir::new().expect("a folder");
        write(folder.path(), "空.csv", "");
        let named = folder.path().join("空.csv");
        assert!(matches!(open_sources(&[named]), Err(SourceError::Open(OpenError::Empty { .. }))));
        let missing = folder.path().join("没有.csv");
        let error = open_sources(&[missing]).expect_err("not there");
        assert!(error.to_string().ends_with("没有.csv：无法读取"), "{error}");
        assert!(matches!(open_sources(&[folder.path().to_owned()]), Err(SourceError::Nothing)));
    }

    #[test]
    fn two_files_of_one_name_are_told_apart() {
        let folder = tempfile::TempDir::new().expect("a folder");
        write(folder.path(), "一区/名单.csv", "姓名,房号\n甲一,101\n");
        write(folder.path(), "二区/名单.csv", "姓名,房号\n乙一,102\n");
        let paths = ["一区/名单.csv", "二区/名单.csv"].map(|name| folder.path().join(name));
        let sources = open_sources(&paths).expect("opened");
        let names: Vec<&str> = sources.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["一区/名单.csv", "二区/名单.csv"]);
    }
}
