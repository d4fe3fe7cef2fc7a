//! Known answers: the bytes of every format, made from fixed seeds and checked in. What changes
//! them breaks every record already sealed: a new format gets a new version instead.
//!
//! `CONATUS_WRITE_VECTORS=1` writes the files anew; read the difference before keeping it.

use crate::chains::{checkpoint, entry, head, reading, signer};
use crate::fixture::rng;
use crate::sealing::place;
use crate::statements::ALL;
use domain::{
    Compartment,
    id::{AccountId, DeviceId, PersonId},
};
use seal::{
    AccountKeys, ErasureShare, FileOpener, FileSealer, KemSecret, Key, Pepper, Possession,
    RecoveryKeys, RecoverySheet, RootFingerprint, RootKey, ShortCode, Signed, SigningKey,
    Statement, StretchParameters, combine, effective_key, genesis, heads_hash, open, open_account,
    seal, seal_account, split, statement_link, stretch, unlock_key, unwrap, wrap_to,
};
use std::fmt::Write as _;
use std::{fs, path::PathBuf};

const ACCOUNT: AccountId = AccountId::from_bytes([1; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([2; 16]);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Lines `name = value` of a checked-in file.
struct Known(PathBuf);

impl Known {
    fn file(name: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        Self(root.join("tests/it/vectors").join(name))
    }

    /// Compares with what is made today.
    fn check(&self, made: &[(String, String)]) {
        let text = made.iter().fold(String::new(), |mut text, (name, value)| {
            writeln!(text, "{name} = {value}").unwrap();
            text
        });
        if std::env::var_os("CONATUS_WRITE_VECTORS").is_some() {
            fs::write(&self.0, &text).unwrap();
        }
        let known = fs::read_to_string(&self.0).unwrap();
        for (line, (known, made)) in known.lines().zip(text.lines()).enumerate() {
            assert_eq!(known, made, "{} line {}", self.0.display(), line + 1);
        }
        assert_eq!(known.lines().count(), made.len(), "{}", self.0.display());
    }

    /// A checked-in value.
    fn value(&self, name: &str) -> String {
        let text = fs::read_to_string(&self.0).unwrap();
        let found = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        found.unwrap().to_owned()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        unhex(&self.value(name))
    }
}

fn line(name: &str, bytes: &[u8]) -> (String, String) {
    (name.to_owned(), hex(bytes))
}

fn text(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn unlock() -> Key {
    let possession = Possession::generate(&mut rng(2));
    unlock_key(
        &possession,
        &Key::from_bytes([3; 32]),
        &Pepper::from_bytes([4; 32]),
    )
}

#[test]
fn sealed_values() {
    let known = Known::file("sealed.txt");
    let key = Key::from_bytes([7; 32]);
    let recipient = KemSecret::from_seed([1; 32]);
    let account = AccountKeys::generate(&mut rng(1));
    let mut sealer = FileSealer::new(&key, &place(), &mut rng(1));
    let mut file = sealer.header();
    sealer.push(&[5; 1000], &mut file).unwrap();
    sealer.finish(&mut file).unwrap();
    let mut sealer = FileSealer::new(&key, &place(), &mut rng(1));
    let mut long = sealer.header();
    sealer.push(&vec![5; 200_000], &mut long).unwrap();
    sealer.finish(&mut long).unwrap();
    known.check(&[
        line("binding", &place().to_bytes()),
        line(
            "derived key",
            key.derive("a test", &[b"ab", b"c"]).as_bytes(),
        ),
        line(
            "effective key",
            effective_key(&key, &ErasureShare::from_bytes([8; 32])).as_bytes(),
        ),
        line(
            "compartment key commitment",
            &key.commitment(PersonId::from_bytes([4; 16]), Compartment::Health, 2),
        ),
        line("statement chain", &statement_link(&[1; 32], b"signed")),
        line(
            "sealed",
            &seal(&key, &place(), b"words", &mut rng(1)).unwrap(),
        ),
        line(
            "wrapped",
            &wrap_to(&recipient.public(), &place(), &[7; 32], &mut rng(1)).unwrap(),
        ),
        line("public key", recipient.public().as_bytes()),
        line("unlock key", unlock().as_bytes()),
        line(
            "account",
            &seal_account(&unlock(), ACCOUNT, DEVICE, &account, &mut rng(5)).unwrap(),
        ),
        line("file", &file),
        line(
            "hash of a file of 200000 bytes",
            blake3::hash(&long).as_bytes(),
        ),
    ]);
}

#[test]
fn sealed_values_of_before_open() {
    let known = Known::file("sealed.txt");
    let key = Key::from_bytes([7; 32]);
    assert_eq!(
        open(&key, &place(), &known.bytes("sealed"))
            .unwrap()
            .as_slice(),
        b"words"
    );
    let recipient = KemSecret::from_seed([1; 32]);
    let wrapped = unwrap(&recipient, &place(), &known.bytes("wrapped")).unwrap();
    assert_eq!(wrapped.as_slice(), [7; 32]);
    let account = open_account(&unlock(), ACCOUNT, DEVICE, &known.bytes("account")).unwrap();
    let expected = AccountKeys::generate(&mut rng(1));
    assert_eq!(account.to_secret_bytes(), expected.to_secret_bytes());
    let mut opener = FileOpener::new(&key, &place(), 1000);
    let mut out = Vec::new();
    opener.push(&known.bytes("file"), &mut out).unwrap();
    opener.finish(&mut out).unwrap();
    assert_eq!(out, [5; 1000]);
}

/// The parameters of real use, named here: features of other crates must not change this answer.
#[test]
fn stretched_secrets() {
    let real = StretchParameters {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
    };
    let stretched = stretch(b"un mot de passe", &[9; 16], &real).unwrap();
    Known::file("stretched.txt").check(&[line("64 MiB, 3 passes, 1 lane", stretched.as_bytes())]);
}

#[test]
fn typed_codes() {
    let known = Known::file("codes.txt");
    let root = RootKey::generate(&mut rng(7));
    let possession = Possession::generate(&mut rng(1));
    let short = ShortCode::generate(&mut rng(5));
    let pepper = Pepper::from_bytes([4; 32]);
    let secret = Key::from_bytes([5; 32]);
    let sheets = split(&secret, 3, 5, &mut rng(1)).unwrap();
    let mut made = vec![
        text("possession", &possession.to_code()),
        line("possession lookup", &possession.lookup()),
        text("root key", &root.to_code()),
        text(
            "root fingerprint",
            &RootFingerprint::of(&root.signing().verifying()).to_string(),
        ),
        text("short code", &short.to_string()),
        line("short code lookup", &short.lookup(&pepper)),
        line("short code key", short.key(&pepper).as_bytes()),
    ];
    for sheet in &sheets {
        made.push(text(&format!("sheet {}", sheet.index()), &sheet.to_code()));
    }
    let (_, verifying) = RecoveryKeys::from_seed(&secret).public();
    made.push(line("keepers' verifying key", verifying.as_bytes()));
    known.check(&made);

    let old: Vec<RecoverySheet> = ["sheet 5", "sheet 1", "sheet 3"]
        .map(|name| RecoverySheet::parse(&known.value(name)).unwrap())
        .into();
    assert_eq!(combine(&old).unwrap().as_bytes(), secret.as_bytes());
}

#[test]
fn headers_and_checkpoints() {
    let (e, r, c) = (entry(), reading(), checkpoint());
    Known::file("headers.txt").check(&[
        line("genesis", &genesis(e.person)),
        line("entry", &e.to_bytes()),
        line("entry hash", &e.hash()),
        line("entry signature", e.sign(&signer()).as_bytes()),
        line("reading", &r.to_bytes()),
        line("reading hash", &r.hash()),
        line("reading signature", r.sign(&signer()).as_bytes()),
        line("heads", &heads_hash(&[head(1), head(2)])),
        line("checkpoint", &c.to_bytes()),
        line("checkpoint hash", &c.hash()),
        line("checkpoint signature", c.sign(&signer()).as_bytes()),
    ]);
}

/// Public keys are long: of each statement, the hash of its bytes, and one of them in full.
#[test]
fn statements() {
    let known = Known::file("statements.txt");
    let key = SigningKey::from_seed(&[1; 32]);
    let mut made: Vec<(String, String)> = ALL
        .iter()
        .enumerate()
        .map(|(i, statement)| {
            let kind = format!("{statement:?}");
            let kind = kind.split([' ', '{']).next().unwrap().to_owned();
            line(
                &format!("{i} {kind}"),
                blake3::hash(&statement.to_bytes()).as_bytes(),
            )
        })
        .collect();
    let grant = ALL
        .iter()
        .find(|s| matches!(s, Statement::Grant { .. }))
        .unwrap();
    let mut signed = Signed::sign(grant.clone(), &key);
    made.push(line("grant", &grant.to_bytes()));
    made.push(line("signed grant", &signed.to_bytes()));
    made.push(text("signed grant name", &signed.id().to_string()));
    signed.countersign(&SigningKey::from_seed(&[2; 32]));
    made.push(line("grant signed twice", &signed.to_bytes()));
    known.check(&made);
    assert_eq!(
        Signed::parse(&known.bytes("grant signed twice")).unwrap(),
        signed
    );
}
