//! Random small hierarchies: names and keys that recur, limits, times, purposes and constraints.

use std::collections::BTreeMap;

use openssl::hash::{MessageDigest, hash};
use test_support::{DAY, Issued, Key, KeyKind, NOW, Shape, key};

use super::judges::{NAME, Ours, openssl_accepts};
use super::random::Random;

/// How many hierarchies are judged.
const ROUNDS: usize = 600;

fn authority(random: &mut Random) -> Shape {
    let name = random.pick(&["A", "B", "C"]);
    let shape = times(Shape::authority(name), random);
    let path_length = match random.below(4) {
        0 => Some(u32::try_from(random.below(3)).unwrap()),
        _ => None,
    };
    let purposes = random.pick(&[
        None,
        None,
        None,
        Some(vec!["clientAuth"]),
        Some(vec!["serverAuth"]),
    ]);
    let usages = random.pick(&[
        Some(vec!["keyCertSign"]),
        Some(vec!["keyCertSign", "cRLSign"]),
        Some(vec!["cRLSign"]),
        None,
    ]);
    Shape {
        path_length,
        extended_key_usage: purposes,
        key_usage: usages,
        basic_constraints: random.pick(&[Some(true), Some(true), Some(true), Some(false)]),
        extensions: constraints(random),
        ..shape
    }
    .consistent()
}

trait Consistent {
    fn consistent(self) -> Self;
}

impl Consistent for Shape {
    /// A path length is said of authorities alone.
    fn consistent(self) -> Self {
        let path_length = self
            .path_length
            .filter(|_| self.basic_constraints == Some(true));
        Self {
            path_length,
            ..self
        }
    }
}

fn times(shape: Shape, random: &mut Random) -> Shape {
    match random.below(12) {
        0 => Shape {
            not_after: NOW - 1,
            ..shape
        },
        1 => Shape {
            not_before: NOW + 1,
            ..shape
        },
        2 => Shape {
            not_before: NOW,
            not_after: NOW + DAY,
            ..shape
        },
        _ => shape,
    }
}

/// None most often; else one dNSName, permitted or excluded.
fn constraints(random: &mut Random) -> Vec<(&'static str, bool, Vec<u8>)> {
    if !random.once_in(5) {
        return Vec::new();
    }
    let base = random.pick(&[
        "example",
        "partner.example",
        "other.example",
        "artner.example",
    ]);
    let element =
        |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let subtree = element(0x30, &element(0x82, base.as_bytes()));
    let kind = random.pick(&[0xa0, 0xa0, 0xa1]);
    vec![("2.5.29.30", true, element(0x30, &element(kind, &subtree)))]
}

fn leaf(random: &mut Random) -> Shape {
    let shape = times(Shape::caller("Jane Doe"), random);
    Shape {
        dns: vec![NAME.to_owned()],
        basic_constraints: random.pick(&[None, Some(false)]),
        ..shape
    }
}

/// Roots, and intermediates each of which any of the authorities issued.
fn hierarchy(random: &mut Random) -> (Vec<Issued>, Vec<Issued>, Issued) {
    let roots: Vec<Issued> = (0..=random.below(2))
        .map(|_| {
            let own = key(KeyKind::P256);
            identified(authority(random), &own, &own).self_signed_by(own)
        })
        .collect();
    let mut all = roots.clone();
    for _ in 0..random.below(5) {
        let issuer = random.pick(&all);
        // Now and then the key of another: a renewal, or a cross-certificate.
        let own = match random.once_in(3) {
            true => random.pick(&all).key,
            false => key(KeyKind::P256),
        };
        let shape = identified(authority(random), &issuer.key, &own);
        all.push(issuer.issue_for(shape, own));
    }
    let issuer = random.pick(&all);
    let own = key(KeyKind::P256);
    let shape = identified(leaf(random), &issuer.key, &own);
    (roots, all, issuer.issue_for(shape, own))
}

/// With identifiers of both keys, without which OpenSSL gives up at the first authority of a name.
fn identified(mut shape: Shape, issuer: &Key, own: &Key) -> Shape {
    let digest = |key: &Key| {
        let info = key.public_key_to_der().unwrap();
        hash(MessageDigest::sha256(), &info).unwrap()[..8].to_vec()
    };
    let element =
        |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let authority = element(0x30, &element(0x80, &digest(issuer)));
    let subject = element(0x04, &digest(own));
    shape.extensions.push(("2.5.29.35", false, authority));
    shape.extensions.push(("2.5.29.14", false, subject));
    shape
}

/// Whether OpenSSL verifies the certificate with any choice of the intermediates under any root: by itself it follows one
/// chain and gives up.
fn any_chain(roots: &[Vec<u8>], intermediates: &[Vec<u8>], leaf: &[u8]) -> Result<(), String> {
    let mut last = String::new();
    for root in roots {
        for choice in 0..1_u32 << intermediates.len() {
            let chosen = intermediates.iter().enumerate();
            let chosen = chosen.filter(|(index, _)| choice & (1 << index) != 0);
            let chosen: Vec<Vec<u8>> = chosen.map(|(_, der)| der.clone()).collect();
            match openssl_accepts(std::slice::from_ref(root), &chosen, leaf) {
                Ok(()) => return Ok(()),
                Err(error) => last = error,
            }
        }
    }
    Err(last)
}

#[test]
fn a_random_hierarchy_is_judged_as_openssl_does() {
    let mut random = Random::new(4);
    let (mut both, mut unexplained) = (0, BTreeMap::new());
    for round in 0..ROUNDS {
        let (roots, all, leaf) = hierarchy(&mut random);
        let ders = |list: &[Issued]| -> Vec<Vec<u8>> { list.iter().map(Issued::der).collect() };
        let intermediates = ders(&all[roots.len()..]);
        let ours = Ours::new(&ders(&roots), &intermediates);
        let ours = ours.map_or(Err("no anchor".to_owned()), |ours| {
            ours.accepts(&leaf.der())
        });
        let theirs = any_chain(&ders(&roots), &intermediates, &leaf.der());
        let difference = match (ours, theirs) {
            (Ok(()), Ok(())) => {
                both += 1;
                continue;
            }
            (Err(_), Err(_)) => continue,
            (Err(reason), Ok(())) => format!("refused, and OpenSSL takes it: {reason}"),
            (Ok(()), Err(error)) => format!("admitted, and OpenSSL says: {error}"),
        };
        let certificates: Vec<String> = all.iter().chain([&leaf]).map(Issued::pem).collect();
        unexplained
            .entry(difference)
            .or_insert_with(|| (round, certificates.concat()));
    }
    println!("{ROUNDS} hierarchies, {both} of which both take");
    assert!(both > 50, "hierarchies are sound enough to be taken");
    for (difference, (round, certificates)) in &unexplained {
        println!("round {round}: {difference}\n{certificates}");
    }
    assert!(unexplained.is_empty(), "{:#?}", unexplained.keys());
}
