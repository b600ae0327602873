//! Whatever happens to a file on its way, reading it ends in sheets or in a message.

#![allow(missing_docs, clippy::unwrap_used)]

use spreadsheet::{TableFile, open};

/// Damaged copies of each small file.
const COPIES: usize = 2_000;
/// Of files of some 100 kB fewer do: reading one takes as long as reading hundreds of small ones.
const COPIES_OF_LARGE: usize = 40;
const LARGE_BYTES: usize = 50_000;

fn copies(bytes: &[u8]) -> usize {
    if bytes.len() > LARGE_BYTES { COPIES_OF_LARGE } else { COPIES }
}

/// Panics of the workbook reader are caught; their words would only bury those of a failing test.
fn mute_caught_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_none_or(|at| at.file().ends_with("tests/damage.rs")) {
            usual(panic);
        }
    }));
}

/// A small workbook with formats, runs, merges and hidden rows.
fn small_workbook() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let struck = rust_xlsxwriter::Format::new().set_font_strikethrough().set_num_format("0000");
    let plain = rust_xlsxwriter::Format::new();
    let sheet = workbook.add_worksheet();
    sheet.write_with_format(0, 0, 101, &struck).unwrap().set_row_hidden(1).unwrap();
    sheet.write_rich_string(1, 1, &[(&struck, "甲"), (&plain, "乙")]).unwrap();
    sheet.merge_range(2, 0, 3, 1, "丙", &plain).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let page = "<html><style>.a{mso-number-format:\"0000\"}</style><table><tr><td rowspan=2 class=a>101</td><td>甲&amp;一\
        <table><tr><td>乙</table></td></tr><tr style='display:none'><td>丙</td></tr></table>";
    let xml = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet Name=\"a\">\
        <Table><Row Index=\"2\"><Cell MergeDown=\"1\"><Data Type=\"Number\">101</Data></Cell></Row></Table></Worksheet></Workbook>";
    let archive = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"x\"\n\n--x\nContent-Type: text/html\n\
         Content-Transfer-Encoding: quoted-printable\n\n{}\n--x--\n",
        page.replace('=', "=3D")
    );
    vec![
        ("小.xlsx", small_workbook()),
        ("台账.xlsx", include_bytes!("../../roster/testdata/roster-book.xlsx").to_vec()),
        ("台账.xls", include_bytes!("../../roster/testdata/odd-dates.xls").to_vec()),
        ("台账.ods", include_bytes!("../../roster/testdata/one-column-address.ods").to_vec()),
        ("台账.csv", include_bytes!("../../roster/testdata/roster-gb18030.csv").to_vec()),
        ("网页.xls", page.as_bytes().to_vec()),
        ("旧.xls", xml.as_bytes().to_vec()),
        ("归档.mht", archive.into_bytes()),
        ("房号.csv", "房号,姓名,备注\n101,\"甲一,\"一\n二\"\n102\t乙一\t\"\n".as_bytes().to_vec()),
    ]
}

#[test]
fn every_sample_is_read_whole() {
    for (name, bytes) in samples() {
        assert!(open(&TableFile { name, bytes: &bytes }).is_ok(), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_off_ends_in_a_message_or_in_what_is_there() {
    mute_caught_panics();
    for (name, bytes) in samples() {
        // Every length of a small file, and of a larger one as many, spread evenly.
        let step = (bytes.len() / copies(&bytes)).max(1);
        for length in (0..bytes.len()).step_by(step) {
            let read = open(&TableFile { name, bytes: &bytes[..length] });
            // `P` and `PK` are texts.
            let is_text = length < 4 || !name.ends_with("xlsx") && !name.ends_with("ods");
            assert!(is_text || read.is_err(), "{name}: {length} of {} bytes are half a workbook", bytes.len());
        }
    }
}

#[test]
fn flipped_bytes_end_in_a_message_or_in_sheets() {
    let mut seed = 0x2026_u64;
    println!("seed {seed}");
    mute_caught_panics();
    let mut random = move || {
        // xorshift64
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as usize
    };
    for (name, whole) in samples() {
        for _ in 0..copies(&whole) {
            let mut bytes = whole.clone();
            for _ in 0..random() % 3 + 1 {
                let at = random() % bytes.len();
                bytes[at] ^= 1 << (random() % 8);
            }
            // What comes back matters less than that something does.
            if let Err(said) = open(&TableFile { name, bytes: &bytes }) {
                assert!(said.to_string().starts_with(name));
            }
        }
    }
}
