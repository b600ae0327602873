//! What a file is by its first bytes, whatever its name says, and what to do with one that is no table.
//!
//! Why. An office's folder holds scans, letters, archives and what programs leave behind. "Damaged" tells nobody what to
//! do; each kind has a sentence of its own.

use crate::open::Unread;
use crate::xlsx::Parts;

/// What is looked at besides the first bytes.
const HEAD_BYTES: usize = 4096;
/// Owner files of open workbooks have 165 bytes (spreadsheets) or 162 (letters).
const OWNER_FILE_BYTES: usize = 1024;

const PICTURE: &str = "是图片或扫描件，读不出文字；请找到原来的表格文件再导入";
const LETTER: &str = "是文字文档，不是表格；请把里面的表格复制到表格软件里，另存为 XLSX 再导入";
const SLIDES: &str = "是演示文稿，不是表格；请把里面的表格复制到表格软件里，另存为 XLSX 再导入";
const ARCHIVE: &str = "是压缩包；请先解压，再导入里面的表格";
const OWNER_FILE: &str = "这是表格软件打开文件时留下的临时文件，不是名单；请关闭表格软件，选名称前面没有“~$”的文件";
const UNFINISHED: &str = "文件还没有下载或保存完；请等它完成，或重新下载后再导入";
const NO_LIST: &str = "这是系统自动生成的文件，不是名单，可以不管它";
const SHORTCUT: &str = "这是快捷方式，不是文件本身；请找到它指向的表格文件再导入";
const DATABASE: &str = "是数据库文件；请从原来的程序里导出为 XLSX 再导入";
const OLD_FORM: &str = "是很旧的表格格式；请用表格软件打开后另存为 XLSX";
const OTHER_DATA: &str =
    "是程序之间交换数据的文件（JSON 或 XML），不是表格；请从原来的系统重新导出，或请用表格软件打开后另存为 XLSX";
const GUARDED: &str = "文件被单位的加密软件锁住；请先解密，或请用表格软件打开后另存为 XLSX 再导入";

/// Whether a file is one that programs and systems leave in folders and that a scan of a folder may pass over without
/// a word: owner files of open workbooks (`~$台账.xlsx`, `.~lock.台账.ods#`), `Thumbs.db`, `.DS_Store`, `desktop.ini` and
/// the companions of files (`._台账.xlsx`) that one system writes onto the disks of others.
///
/// `name` is the file's name without folders, `bytes_start` its first bytes (eight are enough). A file of such a name
/// that begins like a workbook is no litter. A half download (`.part`) is none either: the office must hear of it.
#[must_use]
pub fn is_office_litter(name: &str, bytes_start: &[u8]) -> bool {
    if bytes_start.starts_with(b"PK\x03\x04") {
        return false;
    }
    let lower = name.to_lowercase();
    let is_compound = bytes_start.starts_with(&COMPOUND);
    let is_owner_file = (name.starts_with("~$") || lower.starts_with(".~lock.")) && !is_compound;
    let is_companion = name.starts_with("._") && bytes_start.starts_with(&[0, 5, 0x16, 7]);
    is_owner_file || is_companion || matches!(lower.as_str(), "thumbs.db" | ".ds_store" | "desktop.ini")
}

/// How compound files begin: XLS, DOC, PPT, ET, WPS and locked XLSX.
pub(crate) const COMPOUND: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

/// The sentence for a file that is no table by its name and first bytes; `None` if it may be one.
pub(crate) fn find_other_kind(name: &str, bytes: &[u8]) -> Option<Unread> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let starts = |signs: &[&[u8]]| signs.iter().any(|sign| head.starts_with(sign));
    let holds = |sign: &[u8]| head.windows(sign.len()).any(|window| window == sign);
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if is_office_litter(name, bytes) {
        let is_owner_file = name.starts_with("~$") || name.starts_with(".~lock.");
        let is_small = bytes.len() <= OWNER_FILE_BYTES;
        return match is_owner_file {
            true if is_small => Some(Unread::NoTable(OWNER_FILE)),
            true => None,
            false => Some(Unread::NoTable(NO_LIST)),
        };
    }
    let what = if head.windows(5).take(1024).any(|window| window == b"%PDF-") {
        "是 PDF 文件，读不出表格；请找到原来的表格文件，或在制作它的软件里另存为 XLSX 再导入"
    } else if starts(&[b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*"])
        || head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
        || head.get(4..8) == Some(b"ftyp")
        || head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4])
    {
        PICTURE
    } else if starts(&[b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0"]) {
        ARCHIVE
    } else if text.starts_with(b"{\\rtf") {
        LETTER
    } else if starts(&[b"L\0\0\0\x01\x14\x02\0"]) || text.starts_with(b"[InternetShortcut]") {
        SHORTCUT
    } else if starts(&[b"\0\0\0\x01Bud1"]) || text.starts_with(b"[.ShellClassInfo]") {
        NO_LIST
    } else if starts(&[b"SQLite format 3\0", b"\0\x01\0\0Standard"]) || has_extension(name, &["dbf", "mdb", "accdb"]) {
        DATABASE
    } else if starts(&[
        b"ID;P",
        b"\x09\0\x04\0",
        b"\x09\x02\x06\0",
        b"\x09\x04\x06\0",
        b"\x09\x08\x08\0",
        b"\x09\x08\x10\0",
    ]) {
        OLD_FORM
    } else if head.starts_with(b"%TSD-Header") || head.starts_with(b"b\x14#e") || holds(b"E-SafeNet") {
        GUARDED
    } else if is_json(text) {
        OTHER_DATA
    } else {
        return None;
    };
    Some(Unread::NoTable(what))
}

/// The sentence for a zip file that is no workbook.
pub(crate) fn find_zip_kind(parts: &Parts<'_>) -> Option<Unread> {
    let has_suffix = |suffix: &str| parts.names().any(|name| name.ends_with(suffix));
    let what = if parts.has("word/document.xml") || parts.has("word/document.bin") {
        LETTER
    } else if parts.has("ppt/presentation.xml") {
        SLIDES
    } else if parts.has("xl/workbook.xml") || parts.has("xl/workbook.bin") {
        return None;
    } else if has_suffix(".iwa") || parts.has("index.zip") {
        "是苹果 Numbers 等软件的文件；请用它打开后导出为 XLSX 再导入"
    } else if parts.has("ofd.xml") {
        "是 OFD 版式文件，读不出表格；请找到原来的表格文件再导入"
    } else if parts.has("content.xml") || parts.has("[content_types].xml") && parts.has("_rels/.rels") {
        return None;
    } else {
        ARCHIVE
    };
    Some(Unread::NoTable(what))
}

/// The sentence for a compound file that is no workbook, by the names of its streams.
pub(crate) fn find_compound_kind(name: &str, bytes: &[u8]) -> Option<Unread> {
    let holds = |stream: &str| {
        let wide: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        // Names of streams begin entries of 128 bytes, and sectors have 512.
        bytes
            .chunks(128)
            .any(|entry| entry.strip_prefix(&*wide).is_some_and(|rest| rest.iter().take(2).all(|b| *b == 0)))
    };
    if holds("EncryptedPackage") {
        return Some(Unread::Encrypted);
    }
    let has_book = holds("Workbook") || holds("Book");
    let what = if holds("WordDocument") && (!has_book || has_extension(name, &["doc", "dot", "wps", "wpt"])) {
        LETTER
    } else if holds("PowerPoint Document") && (!has_book || has_extension(name, &["ppt", "pps", "dps"])) {
        SLIDES
    } else if !has_book && holds("Catalog") {
        NO_LIST
    } else {
        return None;
    };
    Some(Unread::NoTable(what))
}

/// What to say of markup in which there is no table.
pub(crate) fn find_markup_kind(head: &str) -> Option<Unread> {
    if head.contains("wordDocument")
        || head.contains("urn:schemas-microsoft-com:office:word") && !head.contains("<table")
    {
        return Some(Unread::NoTable(LETTER));
    }
    let is_picture = head.contains("<svg");
    let is_page = head.to_ascii_lowercase().contains("<html") || head.to_ascii_lowercase().contains("<table");
    match (head.starts_with("<?xml"), is_picture, is_page) {
        (_, true, false) => Some(Unread::NoTable(PICTURE)),
        (true, false, false) => Some(Unread::NoTable(OTHER_DATA)),
        _ => None,
    }
}

/// A file that cannot be read and whose name says that it is not whole yet.
pub(crate) fn is_unfinished(name: &str) -> bool {
    has_extension(name, &["crdownload", "part", "partial", "download", "td", "tmp", "xltd", "opdownload"])
}

/// What to say of a file that [`is_unfinished`].
pub(crate) const UNFINISHED_FILE: Unread = Unread::NoTable(UNFINISHED);

fn has_extension(name: &str, wanted: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    wanted.contains(&extension.as_str())
}

/// JSON begins with a bracket and then, blanks aside, with what no heading of a list begins with.
fn is_json(text: &[u8]) -> bool {
    let after = |skip: usize| text[skip..].trim_ascii_start().first().copied();
    match text.first() {
        Some(b'{') => matches!(after(1), Some(b'"' | b'}')),
        Some(b'[') => matches!(after(1), Some(b'{' | b'[' | b'"')),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xlsx::tests::zip_of;
    use crate::{OpenError, TableFile, open};

    fn said(name: &str, bytes: &[u8]) -> String {
        open(&TableFile { name, bytes }).expect_err(name).to_string()
    }

    fn compound(stream: &str) -> Vec<u8> {
        let mut bytes = COMPOUND.to_vec();
        bytes.resize(1024, 0);
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(4096, 0);
        bytes
    }

    #[test]
    fn every_kind_of_file_says_what_to_do() {
        let owner_file: Vec<u8> = [6].into_iter().chain(b"Office".iter().copied()).chain([0; 158]).collect();
        let archive = zip_of(&[("名单/1栋.xlsx", "x"), ("名单/2栋.xlsx", "x")]);
        for (name, bytes, words) in [
            ("台账.xlsx", b"%PDF-1.7\n".to_vec(), "PDF"),
            ("台账.xls", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "图片或扫描件"),
            ("台账.csv", b"\x89PNG\r\n\x1a\n".to_vec(), "图片或扫描件"),
            ("台账.heic", b"\0\0\0\x18ftypheic".to_vec(), "图片或扫描件"),
            ("台账.docx", zip_of(&[("word/document.xml", "<w/>")]), "文字文档"),
            ("台账.doc", compound("WordDocument"), "文字文档"),
            ("台账.xls", b"{\\rtf1\\ansi".to_vec(), "文字文档"),
            ("台账.ppt", compound("PowerPoint Document"), "演示文稿"),
            ("台账.xls", compound("Contents"), "另存为 XLSX"),
            ("台账.zip", archive, "请先解压"),
            ("台账.rar", b"Rar!\x1a\x07\x01\0".to_vec(), "请先解压"),
            ("台账.xlsx", b"7z\xbc\xaf\x27\x1c\0".to_vec(), "请先解压"),
            ("~$台账.xlsx", owner_file, "临时文件"),
            ("台账.lnk", b"L\0\0\0\x01\x14\x02\0\0".to_vec(), "快捷方式"),
            ("台账.url", b"[InternetShortcut]\r\nURL=x".to_vec(), "快捷方式"),
            ("Thumbs.db", compound("Catalog"), "系统自动生成"),
            (".DS_Store", b"\0\0\0\x01Bud1".to_vec(), "系统自动生成"),
            ("desktop.ini", b"[.ShellClassInfo]\r\n".to_vec(), "系统自动生成"),
            ("台账.xlsx.crdownload", b"PK\x03\x04 half".to_vec(), "没有下载或保存完"),
            ("台账.numbers", zip_of(&[("Index/Document.iwa", "x")]), "Numbers"),
            ("台账.json", "[{\"姓名\": \"甲一\"}]".as_bytes().to_vec(), "JSON"),
            ("台账.xml", b"<?xml version=\"1.0\"?><list><row/></list>".to_vec(), "XML"),
            ("台账.slk", b"ID;PWXL;N;E\r\n".to_vec(), "另存为 XLSX"),
            ("台账.xlsx", b"b\x14#e\x01\0E-SafeNet".to_vec(), "请先解密"),
            ("台账.dat", vec![1, 2, 3, 0, 0, 255, 7], "不是表格"),
        ] {
            let said = said(name, &bytes);
            assert!(said.starts_with(&format!("{name}：")) && said.contains(words), "{name}: {said}");
        }
    }

    #[test]
    fn only_what_nobody_wrote_is_passed_over() {
        assert!(is_office_litter("~$台账.xlsx", b"\x06Office"));
        assert!(is_office_litter("Thumbs.db", &COMPOUND));
        assert!(is_office_litter(".DS_Store", b"\0\0\0\x01"));
        assert!(is_office_litter("Desktop.ini", b"\xff\xfe["));
        assert!(is_office_litter("._台账.xlsx", &[0, 5, 0x16, 7, 0]));
        assert!(!is_office_litter("~$台账.xlsx", b"PK\x03\x04"), "a workbook under an odd name");
        assert!(!is_office_litter("._台账.csv", "姓名".as_bytes()));
        assert!(!is_office_litter("台账.xlsx.part", b"PK"));
        assert!(!is_office_litter("台账.tmp", b""));
    }

    #[test]
    fn a_workbook_of_charts_says_so() {
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let charts = zip_of(&[
            ("xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"图\" r:id=\"r1\"/></sheets></workbook>"),
            (
                "xl/_rels/workbook.xml.rels",
                &format!("<R><Relationship Id=\"r1\" Type=\"{relations}/chartsheet\" Target=\"c.xml\"/></R>"),
            ),
        ]);
        let found = open(&TableFile { name: "图.xlsx", bytes: &charts });
        assert!(matches!(&found, Err(OpenError::NotATable { what, .. }) if what.contains("图表")), "{found:?}");
    }
}
