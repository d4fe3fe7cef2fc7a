//! Files made to harm: each is refused, or read, quickly and in little memory.

use crate::fixture::{locked, pdf, small, small_objects};
use forms::{BindError, Binder, Blank, FormError, LARGEST_FORM, Values};
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

/// Binds it, or refuses to, in time; gives how many pages were bound.
fn bound(what: &str, bytes: &[u8]) -> Result<usize, BindError> {
    let before = Instant::now();
    let mut binder = Binder::default();
    let done = binder.pdf(what, bytes);
    let pages = binder.len();
    if done.is_ok() {
        let whole = binder.finish(what).unwrap();
        let mut again = Binder::default();
        again.pdf(what, &whole).unwrap();
        assert_eq!(again.len(), pages, "{what}");
    }
    let took = before.elapsed();
    assert!(took < Duration::from_secs(5), "{what} took {took:?}");
    done.map(|()| pages)
}

#[test]
fn papers_made_to_harm_are_bound_or_refused_in_time() {
    let one = |rest: &[&str]| {
        let mut objects = vec![
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>".to_owned(),
        ];
        objects.extend(rest.iter().map(|o| (*o).to_owned()));
        pdf(&objects)
    };
    // Pages under themselves, a page that draws itself, one that is its own parent.
    let mut loops = small_objects();
    loops[1] = "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>".into();
    assert_eq!(bound("tree", &pdf(&loops)), Err(BindError::Unread));
    let own = one(&["<</Type/Page/Parent 3 0 R/Contents 3 0 R/Resources 3 0 R/Annots 3 0 R>>"]);
    let _ = bound("own", &own);
    let circle = one(&[
        "<</Type/Page/Parent 2 0 R/Resources<</X 4 0 R>>>>",
        "[5 0 R 4 0 R]",
        "4 0 R",
    ]);
    assert_eq!(bound("circle", &circle), Ok(1));
    // References that lead on and on: one object after the other, never one inside the other.
    let mut long = small_objects();
    let first = long.len() + 1;
    long[2] = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources {first} 0 R>>");
    long.extend((first..first + 20_000).map(|n| format!("<</N {} 0 R>>", n + 1)));
    assert_eq!(bound("long", &pdf(&long)), Ok(1));
    // Deep in itself.
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</D {deep}>>>>");
    assert!(bound("deep", &one(&[&page])).is_err());
    // The same page a million times.
    let mut many = small_objects();
    many[1] = format!(
        "<</Type/Pages/Kids[{}]/Count 1>>",
        "3 0 R ".repeat(1_000_000)
    );
    assert!(bound("many", &pdf(&many)).is_err());
}
