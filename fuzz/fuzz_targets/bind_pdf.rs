//! A PDF is bound or refused, and what is bound is bound again, with as many pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut binder = forms::Binder::default();
    if binder.pdf("x", bytes).is_err() {
        assert!(binder.is_empty());
        return;
    }
    let pages = binder.len();
    let whole = binder.finish("x").unwrap();
    let mut again = forms::Binder::default();
    again.pdf("x", &whole).unwrap();
    assert_eq!(again.len(), pages);
});
