//! Papers bound in one PDF: what common readers find in it, and what is left behind.

use super::fixture;
use forms::{Bind, BindError, BindHere, Binder, Paper, PaperContent, Print, Unbound, print};
use lopdf::{Document, Object, Stream, dictionary};
use std::process::Command;

fn paper(title: &str, content: PaperContent) -> Paper {
    Paper {
        title: title.into(),
        content,
    }
}

fn list() -> Vec<u8> {
    let mut lines = vec![Print::Title("Liste des pièces".into())];
    lines.extend((0..80).map(|n| Print::Text(format!("{n}. Une pièce"))));
    print("Liste", &lines).unwrap()
}

/// Two pixels, in colours.
const JPEG: &[u8] = include_bytes!("../picture.jpg");

/// A page that takes what it draws with from the pages above it, and that tries to act.
fn acting() -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let pages = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
    });
    let script = document.add_object(dictionary! {
        "S" => "JavaScript", "JS" => Object::string_literal("app.alert('SECRET-SCRIPT')"),
    });
    let content = document.add_object(Stream::new(
        dictionary! {},
        b"BT /F 20 Tf 72 700 Td (DESSINE) Tj ET".to_vec(),
    ));
    let looks = document.add_object(Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Form",
            "BBox" => vec![0.into(), 0.into(), 100.into(), 20.into()],
            "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
        },
        b"BT /F 12 Tf 2 4 Td (REMPLI) Tj ET".to_vec(),
    ));
    let rect = |y: i64| vec![72.into(), y.into(), 172.into(), (y + 20).into()];
    let field = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx", "T" => Object::string_literal("nom"),
        "Rect" => rect(600), "AP" => dictionary! { "N" => looks },
        "AA" => dictionary! { "K" => script }, "A" => script,
    });
    let link = document.add_object(dictionary! {
        "Type" => "Annot", "Subtype" => "Link", "Rect" => rect(500),
        "A" => dictionary! { "S" => "URI", "URI" => Object::string_literal("https://piege.example") },
    });
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content,
        "Annots" => vec![field.into(), link.into()],
        "AA" => dictionary! { "O" => script },
    });
    document.objects.insert(
        pages,
        dictionary! {
            "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1,
            "MediaBox" => vec![0.into(), 0.into(), 400.into(), 800.into()],
            "Rotate" => 90,
            "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
        }
        .into(),
    );
    let catalog = document.add_object(dictionary! {
        "Type" => "Catalog", "Pages" => pages, "OpenAction" => script,
        "AcroForm" => dictionary! { "Fields" => vec![field.into()] },
    });
    document.trailer.set("Root", catalog);
    let mut out = Vec::new();
    document.save_to(&mut out).unwrap();
    out
}

fn whole() -> Vec<u8> {
    let papers = [
        paper("Liste des pièces", PaperContent::Pdf(list())),
        paper("1. Carte", PaperContent::Picture(JPEG.to_vec(), 2, 1)),
        paper("2. Avis", PaperContent::Pdf(acting())),
        paper("3. Formulaire", PaperContent::Pdf(fixture::small())),
    ];
    BindHere.bind("Pièces — RSA", &papers).unwrap()
}

#[test]
fn pages_come_in_order_with_a_bookmark_each_and_nothing_that_acts() {
    let bytes = whole();
    let read = Document::load_mem(&bytes).unwrap();
    let pages: Vec<_> = read.page_iter().collect();
    let small = Document::load_mem(&fixture::small()).unwrap();
    assert_eq!(pages.len(), 2 + 1 + 1 + small.get_pages().len());
    let page = |at: usize| read.get_dictionary(pages[at]).unwrap();
    // The picture lies on its side, and the page that inherited says it itself.
    let box_of = |at: usize| page(at).get(b"MediaBox").unwrap().as_array().unwrap();
    let wide = |at: usize| box_of(at)[2].as_float().unwrap().to_string();
    assert_eq!((wide(2), wide(3)), ("842".into(), "400".into()));
    assert_eq!(page(3).get(b"Rotate").unwrap().as_i64().unwrap(), 90);
    assert!(read.extract_text(&[4]).unwrap().contains("DESSINE"));
    assert_eq!(page(3).get(b"Annots").unwrap().as_array().unwrap().len(), 1);
    for acts in [
        "JavaScript",
        "SECRET",
        "piege",
        "OpenAction",
        "AcroForm",
        "/AA",
    ] {
        assert!(!contains(&bytes, acts.as_bytes()), "{acts}");
    }
    assert!(
        contains(&bytes, b"REMPLI"),
        "what a field was filled with is drawn"
    );
    let titles: Vec<_> = read
        .objects
        .values()
        .filter_map(|o| o.as_dict().ok()?.get(b"Title").ok())
        .filter_map(|t| lopdf::decode_text_string(t).ok())
        .collect();
    for title in [
        "Liste des pièces",
        "1. Carte",
        "2. Avis",
        "3. Formulaire",
        "Pièces — RSA",
    ] {
        assert!(titles.iter().any(|t| t == title), "{title}: {titles:?}");
    }
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|w| w == words)
}

#[test]
fn common_readers_find_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pieces.pdf");
    std::fs::write(&file, whole()).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let ran = Command::new(program).args(arguments).arg(&file).output();
        let Ok(ran) = ran else {
            eprintln!("skipped: {program} is not here");
            return;
        };
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(
            ran.status.success() && told.trim().is_empty(),
            "{program}: {told}"
        );
    };
    run("qpdf", &["--check"]);
    run("pdfinfo", &[]);
    let png = folder.path().join("page");
    let ran = Command::new("pdftoppm")
        .args(["-r", "30", "-png"])
        .args([&file, &png])
        .output();
    let Ok(ran) = ran else {
        eprintln!("skipped: pdftoppm is not here");
        return;
    };
    assert!(ran.status.success() && ran.stderr.is_empty(), "{ran:?}");
}

#[test]
fn what_cannot_be_bound_is_named_and_leaves_the_rest_as_it_was() {
    let locked = fixture::locked();
    for (content, why) in [
        (b"%PDF-1.4\nrien".to_vec(), BindError::Unread),
        (locked, BindError::Locked),
        (vec![0; forms::LARGEST_BOUND + 1], BindError::TooMuch),
    ] {
        let papers = [
            paper("Liste", PaperContent::Pdf(list())),
            paper("Faux", PaperContent::Pdf(content)),
        ];
        let unbound = Unbound {
            paper: Some(1),
            why,
        };
        assert_eq!(BindHere.bind("x", &papers), Err(unbound));
    }
    let mut binder = Binder::default();
    binder.pdf("Liste", &list()).unwrap();
    binder.pdf("Faux", b"%PDF-1.4").unwrap_err();
    binder.picture("Carte", JPEG.to_vec(), (2, 1)).unwrap();
    let read = Document::load_mem(&binder.finish("x").unwrap()).unwrap();
    assert_eq!(read.get_pages().len(), 3);
    assert_eq!(Binder::default().finish("x"), Err(BindError::Unread));
    let page = Binder::default();
    assert!(page.is_empty());
}

#[test]
fn more_pages_than_a_book_holds_are_given_up() {
    let many = |pages: usize| {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        let mut page = || {
            let page = dictionary! {
                "Type" => "Page", "Parent" => tree,
                "MediaBox" => vec![0.into(), 0.into(), 10.into(), 10.into()],
            };
            Object::from(document.add_object(page))
        };
        let kids: Vec<Object> = (0..pages).map(|_| page()).collect();
        document.objects.insert(
            tree,
            dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => i64::try_from(pages).unwrap() }.into(),
        );
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    };
    let mut binder = Binder::default();
    binder.pdf("x", &many(forms::MOST_BOUND)).unwrap();
    assert_eq!(binder.len(), forms::MOST_BOUND);
    assert_eq!(binder.pdf("y", &many(1)), Err(BindError::TooMuch));
    assert_eq!(binder.len(), forms::MOST_BOUND);
    let mut binder = Binder::default();
    let more = many(forms::MOST_BOUND + 1);
    assert_eq!(binder.pdf("x", &more), Err(BindError::TooMuch));
}
