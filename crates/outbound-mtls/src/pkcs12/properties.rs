//! Properties of the reader on generated input: it never panics, and never spends more than its budget.

use std::sync::LazyLock;

use openssl::pkcs12::Pkcs12;
use openssl::x509::X509;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use test_support::hierarchy::{Issued, self_signed_client};
use test_support::pfx::{self, Bag, Kdf, PASSWORD};

use super::ber::Values;
use super::budget::MAX_COST;
use super::*;

/// Files to change: plain, encrypted by OpenSSL, with indefinite lengths, and with bags under all derivations.
static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let Issued { certificate, key } = self_signed_client();
    let ordinary = pfx::ordinary(
        &Issued {
            certificate: certificate.clone(),
            key: key.clone(),
        },
        &[],
    );
    let cheap = pfx::made(
        &Issued {
            certificate: certificate.clone(),
            key: key.clone(),
        },
        std::slice::from_ref::<X509>(&certificate),
        PASSWORD,
        |builder| {
            builder.key_iter(1).mac_iter(1);
        },
    );
    let bags = [
        Bag::Key(&key, Some("ours")),
        Bag::Locked(Kdf::Pbkdf2 { iterations: 2 }, &[0; 64]),
        Bag::Locked(Kdf::Scrypt { n: 4, r: 1, p: 1 }, &[0; 64]),
        Bag::Locked(Kdf::Pkcs12 { iterations: 2 }, &[0; 64]),
        Bag::Inner(vec![Bag::Certificate(&certificate, None)]),
    ];
    let contents = pfx::authenticated_safe(&bags);
    let checked = pfx::archive(&contents, &pfx::pbmac1_data(&[0; 32], 2));
    let plain = pfx::plain(&bags);
    vec![
        pfx::indefinite(&cheap),
        ordinary,
        cheap,
        checked,
        pfx::indefinite(&plain),
        plain,
    ]
});

/// Reads with a password; what was spent.
fn spent(bytes: &[u8]) -> u64 {
    let mut opener = Opener::new(&Password::new(PASSWORD.to_owned()));
    let _ = read_with("p.p12", bytes, &mut opener).map(|contents| contents.choose("p.p12", None));
    opener.spent()
}

/// Visits every value, to any depth that the structure has.
fn visit(bytes: &[u8], depth: usize) {
    let mut values = Values::new(bytes);
    while let Ok(Some(value)) = values.next_or_end() {
        let _ = (value.octets(), value.number(), value.dotted(), value.only());
        assert!(value.bytes().len() <= bytes.len());
        if depth < 40 {
            visit(value.bytes(), depth + 1);
        }
    }
}

/// A tree of BER with lengths that may lie, in the tags that the reader knows.
fn tree() -> impl Strategy<Value = Vec<u8>> {
    let tags = prop::sample::select(vec![
        0x02_u8, 0x04, 0x06, 0x1E, 0x24, 0x30, 0x31, 0x80, 0xA0,
    ]);
    let leaf =
        (tags.clone(), vec(any::<u8>(), 0..40)).prop_map(|(tag, inside)| tlv(tag, 0, &inside));
    leaf.prop_recursive(6, 64, 6, move |inner| {
        (tags.clone(), 0_u8..4, vec(inner, 0..6))
            .prop_map(|(tag, form, inside)| tlv(tag, form, &inside.concat()))
    })
}

/// Definite, indefinite, long, or with a length that is wrong by one.
fn tlv(tag: u8, form: u8, inside: &[u8]) -> Vec<u8> {
    let length = u32::try_from(inside.len()).unwrap();
    let header = match form {
        1 => return [&[tag, 0x80], inside, &[0, 0]].concat(),
        3 => length.wrapping_add(1),
        _ => length,
    };
    [&[tag, 0x84][..], &header.to_be_bytes(), inside].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, rng_seed: RngSeed::Fixed(0x5EED), ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_within_the_budget(bytes in vec(any::<u8>(), 0..300)) {
        visit(&bytes, 0);
        prop_assert!(spent(&bytes) <= MAX_COST);
    }

    #[test]
    fn any_tree_of_values_is_read_within_the_budget(bytes in tree()) {
        visit(&bytes, 0);
        prop_assert!(spent(&bytes) <= MAX_COST);
    }

    #[test]
    fn any_change_of_a_file_is_read_within_the_budget(
        seed in 0_usize..6,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = SEEDS[seed].clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        visit(&bytes, 0);
        prop_assert!(spent(&bytes) <= MAX_COST);
    }
}

#[test]
fn the_seeds_are_what_they_are_meant_to_be() {
    let loads: Vec<bool> = SEEDS
        .iter()
        .map(|bytes| read("p.p12", bytes, &Password::new(PASSWORD.to_owned())).is_ok())
        .collect();
    assert_eq!(loads, [true, true, true, false, false, false]);
    assert!(Pkcs12::from_der(&SEEDS[5]).is_ok());
    assert!(SEEDS.iter().all(|bytes| Outline::read(bytes).is_ok()));
}
