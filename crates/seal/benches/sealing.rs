//! What sealing costs: per entry, per file chunk, at the edges of membership.
#![expect(clippy::unwrap_used, reason = "what a bench prepares must work")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::{
    Compartment,
    id::{OrganisationId, PersonId},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use seal::{Binding, ContentType, ErasureShare, KemSecret, Key, SigningKey};
use std::hint::black_box;

const CONTEXT: &str = "conatus 2026 bench v1";

fn chance() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([7; 32])
}

fn place() -> Binding {
    Binding::new(ContentType::Entry)
        .organisation(OrganisationId::from_bytes([1; 16]))
        .person(PersonId::from_bytes([2; 16]))
        .compartment(Compartment::Social)
        .epoch(1)
}

fn values(c: &mut Criterion) {
    let mut chance = chance();
    let key = Key::generate(&mut chance);
    let place = place();
    let mut group = c.benchmark_group("a value");
    for (name, length) in [("256 B", 256), ("64 KiB", 64 * 1024)] {
        let plain = vec![0x61; length];
        let sealed = seal::seal(&key, &place, &plain, &mut chance).unwrap();
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(format!("seal {name}"), |b| {
            b.iter(|| seal::seal(&key, &place, black_box(&plain), &mut chance).unwrap());
        });
        group.bench_function(format!("open {name}"), |b| {
            b.iter(|| seal::open(&key, &place, black_box(&sealed)).unwrap());
        });
    }
    group.finish();
}

fn keys(c: &mut Criterion) {
    let mut chance = chance();
    let key = Key::generate(&mut chance);
    let share = ErasureShare::generate(&mut chance);
    let recipient = KemSecret::generate(&mut chance);
    let (public, place) = (recipient.public(), place());
    let wrapped = seal::wrap_to(&public, &place, key.as_bytes(), &mut chance).unwrap();
    let mut group = c.benchmark_group("a key");
    group.bench_function("wrap", |b| {
        b.iter(|| seal::wrap_to(&public, &place, black_box(key.as_bytes()), &mut chance).unwrap());
    });
    group.bench_function("unwrap", |b| {
        b.iter(|| seal::unwrap(&recipient, &place, black_box(&wrapped)).unwrap());
    });
    group.bench_function("effective", |b| {
        b.iter(|| seal::effective_key(black_box(&key), &share));
    });
    group.finish();
}

fn signatures(c: &mut Criterion) {
    let signing = SigningKey::generate(&mut chance());
    let verifying = signing.verifying();
    let header = [0x62; 200];
    let signature = signing.sign(CONTEXT, &header);
    let mut group = c.benchmark_group("a header");
    group.bench_function("sign", |b| {
        b.iter(|| signing.sign(CONTEXT, black_box(&header)));
    });
    group.bench_function("verify", |b| {
        b.iter(|| {
            verifying
                .verify(CONTEXT, black_box(&header), &signature)
                .unwrap();
        });
    });
    group.finish();
}

criterion_group!(sealing, values, keys, signatures);
criterion_main!(sealing);
