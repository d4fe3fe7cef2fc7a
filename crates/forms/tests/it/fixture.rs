//! A PDF written object by object, and what a filled one says.

use lopdf::{Document, Object, ObjectId, decode_text_string};
use std::fmt::Write as _;

/// A PDF of these objects (from 1, the first its catalog), with a plain cross-reference table.
pub(crate) fn pdf(objects: &[String]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.7\n");
    let mut offsets = Vec::new();
    for (n, object) in (1..).zip(objects) {
        offsets.push(out.len());
        writeln!(out, "{n} 0 obj\n{object}\nendobj").unwrap();
    }
    let start = out.len();
    writeln!(out, "xref\n0 {}", objects.len() + 1).unwrap();
    out.push_str("0000000000 65535 f \n");
    for offset in offsets {
        writeln!(out, "{offset:010} 00000 n ").unwrap();
    }
    let size = objects.len() + 1;
    write!(
        out,
        "trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    out.into_bytes()
}

/// A page with fields of every kind that is filled, and some that are not.
pub(crate) fn small() -> Vec<u8> {
    pdf(&small_objects())
}

/// The same, locked with a password.
pub(crate) fn locked() -> Vec<u8> {
    let mut objects = small_objects();
    objects.push(
        "<</Filter/Standard/V 1/R 2/P -4/O<0000000000000000000000000000000000000000000000000000000000000000>\
         /U<0000000000000000000000000000000000000000000000000000000000000000>>>"
            .into(),
    );
    let text = String::from_utf8(pdf(&objects)).unwrap();
    let trailer = format!("/Encrypt {} 0 R/ID[<00><00>]/Root", objects.len());
    text.replace("/Root 1", &format!("{trailer} 1"))
        .into_bytes()
}

pub(crate) fn small_objects() -> Vec<String> {
    let on_page = "/Type/Annot/Subtype/Widget/F 4/P 3 0 R";
    [
        "<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R/Perms<</UR3 14 0 R>>>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<<>>\
         /Annots[6 0 R 7 0 R 8 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R 18 0 R]>>"
            .to_owned(),
        "<</Fields[5 0 R 8 0 R 9 0 R 11 0 R 12 0 R 13 0 R 15 0 R]/DA(/Helv 0 Tf 0 g)/XFA(old)\
         /NeedAppearances true>>"
            .to_owned(),
        // A name asked twice on the page: one field, two widgets.
        "<</FT/Tx/T(nom)/DA(/Helv 12 Tf 0 0 1 rg)/MaxLen 20/Kids[6 0 R 7 0 R]>>".to_owned(),
        format!("<<{on_page}/Parent 5 0 R/Rect[10 250 200 270]>>"),
        format!("<<{on_page}/Parent 5 0 R/Rect[10 220 200 240]/Q 1>>"),
        format!("<<{on_page}/FT/Tx/Ff 4096/T(lignes)/Rect[10 100 200 200]>>"),
        // Two boxes under one name.
        "<</FT/Btn/Ff 49152/T(choix)/Kids[10 0 R]>>".to_owned(),
        format!(
            "<<{on_page}/Parent 9 0 R/AS/Off/Rect[10 80 20 90]/AP<</N<</oui 16 0 R/Off 16 0 R>>>>>>"
        ),
        format!("<<{on_page}/FT/Tx/Ff 16777216/MaxLen 5/T(code)/Rect[10 50 110 70]>>"),
        format!("<<{on_page}/FT/Sig/T(signature)/Rect[200 50 290 70]>>"),
        format!("<<{on_page}/FT/Tx/T(tourne)/Rect[200 80 220 200]/MK<</R 90>>>>"),
        "<<>>".to_owned(),
        // A field whose names are in two levels, and which is its own parent's kid once more.
        "<</T(groupe)/Kids[17 0 R 15 0 R]>>".to_owned(),
        "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 0>>\nstream\n\nendstream".to_owned(),
        format!("<<{on_page}/Parent 15 0 R/FT/Tx/T(ville)/Rect[10 20 110 40]>>"),
        format!("<<{on_page}/FT/Tx/T(oublie)/Rect[150 20 290 40]>>"),
    ]
    .to_vec()
}

/// A filled form, read again.
pub(crate) struct Read(pub(crate) Document);

impl Read {
    pub(crate) fn new(pdf: &[u8]) -> Self {
        Self(Document::load_mem(pdf).expect("a PDF that reads"))
    }

    pub(crate) fn text(&self, id: u32) -> String {
        let found = self.0.get_dictionary((id, 0)).expect("a field");
        found
            .get(b"V")
            .map(|v| decode_text_string(v).expect("a text"))
            .unwrap_or_default()
    }

    pub(crate) fn name(&self, id: u32, key: &[u8]) -> String {
        let found = self.0.get_dictionary((id, 0)).expect("a field");
        let name = found.get(key).and_then(Object::as_name).expect("a name");
        String::from_utf8_lossy(name).into_owned()
    }

    /// The operators that draw a widget.
    pub(crate) fn drawn(&self, id: u32) -> String {
        let ap = self.0.get_dictionary((id, 0)).expect("a widget");
        let ap = ap.get(b"AP").and_then(Object::as_dict).expect("drawn");
        let stream: ObjectId = ap.get(b"N").and_then(Object::as_reference).expect("one");
        let stream = self.0.get_object(stream).and_then(Object::as_stream);
        String::from_utf8_lossy(&stream.expect("a stream").content).into_owned()
    }
}
