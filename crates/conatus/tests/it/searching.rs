//! Looking for known words in everything under a folder, as written and as commonly encoded.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Every file under a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let mut all = [0; 3];
        all[..three.len()].copy_from_slice(three);
        let number = u32::from_be_bytes([0, all[0], all[1], all[2]]);
        for shift in [18, 12, 6, 0] {
            let at = usize::try_from(number >> shift & 63).unwrap();
            text.push(char::from(LETTERS[at]));
        }
    }
    text
}

/// The word as it would stand in a file: raw, in UTF-16, in hexadecimal, in base64 wherever it
/// begins.
fn written(word: &str) -> Vec<Vec<u8>> {
    let mut all = vec![word.as_bytes().to_vec()];
    all.push(word.encode_utf16().flat_map(u16::to_le_bytes).collect());
    all.push(word.encode_utf16().flat_map(u16::to_be_bytes).collect());
    let hex = word.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    all.push(hex.to_uppercase().into_bytes());
    all.push(hex.into_bytes());
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(word.as_bytes());
        // The letters that bytes before and after the word share are left out.
        bytes.truncate(bytes.len() / 3 * 3);
        let text = base64(&bytes);
        let text = &text[if before == 0 { 0 } else { 4 }..];
        all.push(text.as_bytes().to_vec());
        all.push(text.replace('+', "-").replace('/', "_").into_bytes());
    }
    all
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|w| w == word)
}

/// The files of a folder that hold one of those words, and which.
pub(crate) fn search(folder: &Path, words: &[&str]) -> Vec<String> {
    let needles: Vec<(&str, Vec<Vec<u8>>)> = words.iter().map(|w| (*w, written(w))).collect();
    let mut found = Vec::new();
    for path in files(folder) {
        let bytes = fs::read(&path).unwrap();
        for (word, forms) in &needles {
            if forms.iter().any(|form| holds(&bytes, form)) {
                found.push(format!("{word} in {}", path.display()));
            }
        }
    }
    found
}

#[test]
fn each_encoding_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let word = "Quinquandre";
    let hex = "5175696e7175616e647265";
    for (name, content) in [
        ("raw", "x Quinquandre"),
        ("hex", hex),
        ("base64", "eCBRdWlucXVhbmRyZSB5"),
        ("base64-shifted", "UXVpbnF1YW5kcmU="),
        ("base64-again", "eFF1aW5xdWFuZHJl"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(folder.path().join("wide"), wide).unwrap();
    fs::write(folder.path().join("none"), "Quinquan dre").unwrap();
    assert_eq!(search(folder.path(), &[word]).len(), 6);
}
