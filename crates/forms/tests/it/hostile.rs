//! Files made to harm: each is refused, or read, quickly and in little memory.

use crate::fixture::{locked, pdf, small, small_objects};
use forms::{Blank, FormError, LARGEST_FORM, Values};
use std::{
    io::Write as _,
    time::{Duration, Instant},
};

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// Reads it, and fills it where it reads, in less time than a person would notice.
fn check(what: &str, bytes: &[u8]) -> Result<(), FormError> {
    let before = Instant::now();
    let read = Blank::read(bytes);
    if let Ok(blank) = &read {
        let names = blank.fields().keys();
        let values: Values = names.map(|n| (n.clone(), "x".to_owned())).collect();
        drop(blank.fill(&values));
    }
    let took = before.elapsed();
    assert!(took < Duration::from_secs(5), "{what} took {took:?}");
    read.map(drop)
}

#[test]
fn a_file_that_is_no_form_is_refused() {
    let mut none = small_objects();
    none[2] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<<>>>>".into();
    none[3] = "<</Fields[]>>".into();
    assert_eq!(check("none", &pdf(&none)), Err(FormError::NoField));
    none[0] = "<</Type/Catalog/Pages 2 0 R>>".into();
    assert_eq!(check("no form", &pdf(&none)), Err(FormError::NoField));
    assert_eq!(check("text", b"hello"), Err(FormError::NotPdf));
    assert_eq!(check("empty", b""), Err(FormError::NotPdf));
    let long = vec![b' '; LARGEST_FORM + 1];
    assert_eq!(check("long", &long), Err(FormError::TooLong));
}

#[test]
fn a_locked_form_is_said_to_be() {
    assert_eq!(check("locked", &locked()), Err(FormError::Encrypted));
}

#[test]
fn every_end_of_a_form_is_read_or_refused() {
    let whole = small();
    for end in (0..whole.len()).step_by(7) {
        let _ = check("cut", &whole[..end]);
    }
}

#[test]
fn an_object_stream_that_inflates_without_end_is_refused() {
    let mut body = b"<</Length ".to_vec();
    let bomb = deflated(&vec![b' '; 512 * 1024 * 1024 / 16]);
    body.extend_from_slice(bomb.len().to_string().as_bytes());
    body.extend_from_slice(b"/Type/ObjStm/N 1/First 10/Filter/FlateDecode>>\nstream\n");
    body.extend_from_slice(&bomb);
    body.extend_from_slice(b"\nendstream");
    let mut out = b"%PDF-1.7\n1 0 obj\n".to_vec();
    let at = out.len() - 8;
    out.extend_from_slice(&body);
    out.extend_from_slice(b"\nendobj\n");
    let start = out.len();
    let end = format!(
        "xref\n0 2\n0000000000 65535 f \n{at:010} 00000 n \ntrailer\n<</Size 2/Root 1 0 R>>\n\
         startxref\n{start}\n%%EOF"
    );
    out.extend_from_slice(end.as_bytes());
    assert_eq!(check("bomb", &out), Err(FormError::TooMuch));
}

#[test]
fn more_objects_than_a_form_holds_are_refused() {
    let mut objects = small_objects();
    objects.push(format!("[{}]", "0 ".repeat(1_500_000)));
    assert_eq!(check("one array", &pdf(&objects)), Err(FormError::TooMuch));
    objects.pop();
    let many = std::iter::repeat_n("<</A[0 0 0 0 0 0 0 0]>>".to_owned(), 20_000);
    objects.extend(many);
    assert_eq!(check("many", &pdf(&objects)), Err(FormError::TooMuch));
}

#[test]
fn depth_and_loops_end() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let mut objects = small_objects();
    objects.push(deep(100_000));
    let _ = check("deep array", &pdf(&objects));
    // A field in itself, and fields in one another far down.
    let mut objects = small_objects();
    objects[4] = "<</T(a)/Kids[5 0 R]>>".into();
    assert_eq!(check("loop", &pdf(&objects)), Ok(()));
    let mut objects = small_objects();
    let first = objects.len() + 1;
    objects[4] = format!("<</T(a)/Kids[{first} 0 R]>>");
    for n in first..first + 50 {
        objects.push(format!("<</T(a)/Kids[{} 0 R]>>", n + 1));
    }
    assert_eq!(check("far down", &pdf(&objects)), Err(FormError::TooMuch));
    // References that lead to one another.
    let mut objects = small_objects();
    objects[3] = "4 0 R".into();
    assert_eq!(
        check("reference loop", &pdf(&objects)),
        Err(FormError::NoField)
    );
}

#[test]
fn places_that_are_no_place_draw_nothing_wild() {
    let mut objects = small_objects();
    for rect in [
        "[0 0 0 0]",
        "[10 10 -1e30 1e30]",
        "[]",
        "[a b c d]",
        "[1e39 0 1 1]",
    ] {
        objects[7] = format!("<</Subtype/Widget/FT/Tx/Ff 4096/T(lignes)/Rect{rect}>>");
        assert_eq!(check(rect, &pdf(&objects)), Ok(()));
    }
}

#[test]
fn a_form_with_wrong_bytes_is_read_or_refused() {
    let whole = small();
    // A generator of no quality is enough to spoil a file, and spoils the same every time.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..2_000 {
        let mut bytes = whole.clone();
        for _ in 0..=next(6) {
            let at = next(bytes.len());
            match next(3) {
                0 => bytes[at] = u8::try_from(next(256)).unwrap(),
                1 => drop(bytes.remove(at)),
                _ => {
                    let end = (at + next(40)).min(bytes.len());
                    let again = bytes[at..end].to_vec();
                    let to = next(bytes.len());
                    bytes.splice(to..to, again);
                }
            }
        }
        let _ = check("spoiled", &bytes);
    }
}
