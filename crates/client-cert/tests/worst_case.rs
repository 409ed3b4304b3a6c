//! What the most expensive certificate costs: one that its maker chose to have every key of a name tried, and one below a
//! mesh of authorities that certify one another.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use client_cert::{
    Anchor, Caller, Certificate, Fitness, FrontEnd, Intermediate, Policy, Rule, TrustDomain,
    evaluate,
};
use rustls_pki_types::UnixTime;
use test_support::{Issued, KeyKind, NOW, Shape, key};

/// Rounds of each measurement, of which the fastest counts.
const ROUNDS: usize = 10;

/// What one decision may cost on a machine that does nothing else, several times over.
const MOST: Duration = Duration::from_millis(50);

fn policy(root: &Issued, intermediates: &[Issued]) -> Policy {
    let intermediates = intermediates
        .iter()
        .map(|issued| Intermediate::new(&issued.der()).unwrap());
    let anchors = vec![Anchor::new(&root.der()).unwrap()];
    let domain = TrustDomain::new(anchors, intermediates.collect()).unwrap();
    let rule = Rule::common_name("partner", &Arc::new(domain));
    let callers = [Caller::of_lists([rule])];
    Policy::new(FrontEnd::Development, Fitness::default(), callers).unwrap()
}

/// Whether the certificate is admitted, or why not; and the time that it takes to say so.
fn judged(policy: &Policy, caller: &Issued) -> (String, Duration) {
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(NOW).unwrap()));
    let certificate = Certificate::parse(&caller.der()).unwrap();
    let mut fastest = Duration::MAX;
    let mut verdict = String::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let evaluation = evaluate(policy, &certificate, now);
        fastest = start.elapsed().min(fastest);
        let candidates = evaluation.candidates();
        let denials = candidates
            .iter()
            .flat_map(|candidate| candidate.denials())
            .map(|denial| denial.to_string());
        verdict = match candidates.iter().any(|candidate| candidate.admits()) {
            true => "admitted".to_owned(),
            false => denials.collect::<Vec<_>>().join("; "),
        };
    }
    (verdict, fastest)
}

/// One hundred authorities of one name, each with a key of its own.
fn twins(root: &Issued, kind: KeyKind, identified: bool) -> Vec<Issued> {
    let twin = |number: u8| {
        let mut shape = Shape {
            key: kind,
            ..Shape::authority("Twin")
        };
        if identified {
            let identifier = vec![4, 1, number];
            shape.extensions.push(("2.5.29.14", false, identifier));
        }
        root.issue(shape)
    };
    (0..100).map(twin).collect()
}

#[test]
fn a_hundred_authorities_of_one_name_cost_no_more_than_a_few_signatures() {
    const TOO_MANY: &str = "more authorities of the issuer's name than are tried for one signature";
    let root = Shape::authority("Root").self_signed();
    for kind in [
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
        KeyKind::Ed25519,
    ] {
        let stranger = Shape {
            key: kind,
            ..Shape::authority("Twin")
        }
        .self_signed();
        let anonymous = twins(&root, kind, false);
        let policy_of_anonymous = policy(&root, &anonymous);
        let (verdict, time) = judged(
            &policy_of_anonymous,
            &stranger.issue(Shape::caller("partner")),
        );
        println!("{kind:?}, signed by none of 100 keys: {time:?}");
        assert!(verdict.ends_with(TOO_MANY), "{verdict}");
        assert!(time < MOST, "{time:?}");
        let (verdict, _) = judged(
            &policy_of_anonymous,
            &anonymous[0].issue(Shape::caller("partner")),
        );
        assert_eq!(verdict, "admitted");
        let identified = twins(&root, kind, true);
        let mut caller = Shape::caller("partner");
        let identifier = vec![0x30, 3, 0x80, 1, 99];
        caller.extensions.push(("2.5.29.35", false, identifier));
        let (verdict, time) = judged(&policy(&root, &identified), &identified[99].issue(caller));
        println!("{kind:?}, the last of 100 keys by its identifier: {time:?}");
        assert_eq!(verdict, "admitted");
        assert!(time < MOST, "{time:?}");
    }
}

#[test]
fn a_mesh_of_authorities_costs_no_more_than_its_chains() {
    let root = Shape::authority("Root").self_signed();
    let names: Vec<String> = (0..10).map(|number| format!("Mesh {number}")).collect();
    let keys: Vec<_> = names.iter().map(|_| key(KeyKind::P256)).collect();
    let nodes: Vec<Issued> = names
        .iter()
        .zip(&keys)
        .map(|(name, key)| Shape::authority(name).self_signed_by(key.clone()))
        .collect();
    let mut mesh = vec![root.issue_for(Shape::authority(&names[0]), keys[0].clone())];
    for (index, issuer) in nodes.iter().enumerate() {
        for (other, (name, key)) in names.iter().zip(&keys).enumerate() {
            if index != other {
                mesh.push(issuer.issue_for(Shape::authority(name), key.clone()));
            }
        }
    }
    let start = Instant::now();
    let policy = policy(&root, &mesh);
    println!(
        "a mesh of {} certificates is configured in {:?}",
        mesh.len(),
        start.elapsed()
    );
    let (verdict, time) = judged(&policy, &nodes[9].issue(Shape::caller("partner")));
    println!("a caller below it: {time:?}");
    assert_eq!(verdict, "admitted");
    assert!(time < MOST, "{time:?}");
}
