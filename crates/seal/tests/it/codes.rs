//! What people type from paper: right, or told what to look at again.

use crate::fixture::rng;
use proptest::prelude::*;
use seal::{
    CodeError, Pepper, Pin, PinError, Possession, RecoverySheet, RootFingerprint, RootKey,
    ShortCode, split,
};

#[test]
fn a_code_is_read_as_people_write_it() {
    let secret = Possession::generate(&mut rng(1));
    let code = secret.to_code();
    assert_eq!(code.len(), 28 + 6);
    let again = |typed: &str| Possession::parse(typed).map(|p| *p.as_bytes());
    for typed in [
        code.clone(),
        code.to_lowercase(),
        code.replace('-', ""),
        code.replace('-', " "),
        code.replace('-', " – "),
        code.replace('0', "o").replace('1', "l"),
        code.replace('0', "O").replace('1', "I"),
        format!("  {code}\n"),
    ] {
        assert_eq!(again(&typed), Ok(*secret.as_bytes()), "{typed}");
    }
}

#[test]
fn what_is_wrong_with_a_code_is_said() {
    let code = Possession::generate(&mut rng(1)).to_code();
    let refused = |typed: &str| Possession::parse(typed).unwrap_err();
    assert_eq!(
        refused(""),
        CodeError::Length {
            found: 0,
            expected: 28
        }
    );
    assert_eq!(
        refused(&code[1..]),
        CodeError::Length {
            found: 27,
            expected: 28
        }
    );
    assert_eq!(
        refused(&format!("{code}0")),
        CodeError::Length {
            found: 29,
            expected: 28
        }
    );
    assert_eq!(
        refused(&format!("U{}", &code[1..])),
        CodeError::Character('U')
    );
    assert_eq!(
        refused(&format!("é{}", &code[1..])),
        CodeError::Character('é')
    );
}

#[test]
fn any_one_wrong_character_is_told() {
    let code: Vec<char> = Possession::generate(&mut rng(3))
        .to_code()
        .chars()
        .collect();
    for (i, c) in code.iter().enumerate().filter(|(_, c)| **c != '-') {
        let mut typed = code.clone();
        typed[i] = if *c == '7' { '8' } else { '7' };
        let typed: String = typed.into_iter().collect();
        assert_eq!(
            Possession::parse(&typed).unwrap_err(),
            CodeError::Checksum,
            "{i}"
        );
    }
}

#[test]
fn a_code_of_one_kind_is_none_of_another() {
    let root = RootKey::generate(&mut rng(1));
    let fingerprint = RootFingerprint::of(&root.signing().verifying());
    assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    assert!(RootKey::parse(&fingerprint.to_string()).is_err());
    assert!(root.to_code().parse::<RootFingerprint>().is_err());
    let again = RootKey::parse(&root.to_code()).unwrap();
    assert_eq!(again.signing().verifying(), root.signing().verifying());
}

#[test]
fn a_lookup_tells_nothing_of_the_secret_and_needs_the_pepper() {
    let secret = Possession::generate(&mut rng(9));
    assert_ne!(secret.lookup(), *secret.as_bytes());
    let code = ShortCode::generate(&mut rng(1));
    let (a, b) = (Pepper::from_bytes([1; 32]), Pepper::from_bytes([2; 32]));
    assert_ne!(code.lookup(&a), code.lookup(&b));
    assert_ne!(code.key(&a).as_bytes(), code.key(&b).as_bytes());
    assert_ne!(code.lookup(&a), code.key(&a).as_bytes()[..16]);
}

#[test]
fn a_short_code_is_eight_characters_read_generously() {
    let code = ShortCode::generate(&mut rng(5));
    let shown = code.to_string();
    assert_eq!((shown.len(), shown.as_bytes()[4]), (9, b'-'));
    for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', "")] {
        assert_eq!(ShortCode::parse(&typed).unwrap().to_string(), shown);
    }
    let refused = ShortCode::parse("7KQ2-M9D").unwrap_err();
    assert_eq!(
        refused,
        CodeError::Length {
            found: 7,
            expected: 8
        }
    );
}

#[test]
fn pins_are_four_to_six_digits_and_the_first_ones_tried_are_known() {
    for wrong in ["", "123", "1234567", "12a4", "١٢٣٤", "12.34"] {
        assert_eq!(Pin::parse(wrong).unwrap_err(), PinError::Form, "{wrong}");
    }
    for (typed, simple) in [
        ("0000", true),
        ("111111", true),
        ("1234", true),
        ("987654", true),
        ("2741", false),
        ("1123", false),
        (" 27 41 ", false),
    ] {
        assert_eq!(
            Pin::parse(typed).unwrap().is_too_simple(),
            simple,
            "{typed}"
        );
    }
    assert_eq!(format!("{:?}", Pin::parse("2741").unwrap()), "Pin(…)");
}

#[test]
fn a_sheet_survives_paper() {
    let secret = seal::Key::from_bytes([5; 32]);
    for sheet in split(&secret, 3, 5, &mut rng(1)).unwrap() {
        let again = RecoverySheet::parse(&sheet.to_code().to_lowercase()).unwrap();
        assert_eq!(again.to_code(), sheet.to_code());
        assert_eq!((again.threshold(), again.keepers()), (3, 5));
        assert!(!format!("{again:?}").contains(&sheet.to_code()[..4]));
    }
}

proptest! {
    #[test]
    fn any_secret_survives_typing(seed in any::<u64>()) {
        let secret = Possession::generate(&mut rng(seed));
        let again = Possession::parse(&secret.to_code()).unwrap();
        prop_assert_eq!(again.as_bytes(), secret.as_bytes());
    }

    #[test]
    fn no_text_makes_a_parser_panic(typed in ".{0,90}") {
        let _ = Possession::parse(&typed);
        let _ = ShortCode::parse(&typed);
        let _ = RecoverySheet::parse(&typed);
        let _ = RootKey::parse(&typed);
        let _ = typed.parse::<RootFingerprint>();
        let _ = Pin::parse(&typed);
    }
}
