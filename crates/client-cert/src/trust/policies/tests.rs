use super::*;

fn oid(name: &str) -> Oid {
    let text = match name {
        "any" => PolicyExtensions::ANY_POLICY.to_owned(),
        name => format!("1.2.{}", name.bytes().map(u32::from).sum::<u32>()),
    };
    text.parse().unwrap()
}

/// A certificate from `a b a>c explicit=0 mapping=0 any=0 self`: policies, mappings, limits; `none` has no extension.
fn certificate(text: &str) -> (PolicyExtensions, bool) {
    let mut policies = PolicyExtensions::default();
    let mut self_issued = false;
    for part in text.split_whitespace() {
        if let Some((from, to)) = part.split_once('>') {
            policies.mappings.push((oid(from), oid(to)));
        } else if let Some((limit, number)) = part.split_once('=') {
            let number = Some(number.parse().unwrap());
            match limit {
                "explicit" => policies.require_explicit_policy = number,
                "mapping" => policies.inhibit_policy_mapping = number,
                _ => policies.inhibit_any_policy = number,
            }
        } else if part == "self" {
            self_issued = true;
        } else if part == "broken" {
            policies.unreadable = true;
        } else if part != "none" {
            policies
                .certificate_policies
                .get_or_insert_default()
                .push(oid(part));
        }
    }
    (policies, self_issued)
}

/// The valid ones of the policies a, b, c, d and x (x is in no certificate), or the violation.
fn weigh(anchor: &str, path: &[&str]) -> String {
    let anchor = certificate(anchor).0;
    let path: Vec<(PolicyExtensions, bool)> = path.iter().map(|text| certificate(text)).collect();
    let steps: Vec<Step<'_>> = path
        .iter()
        .map(|(policies, self_issued)| Step {
            policies,
            self_issued: *self_issued,
        })
        .collect();
    match valid_policies(&anchor, &steps) {
        Ok(valid) => {
            let valid = ["a", "b", "c", "d", "x"]
                .into_iter()
                .filter(|name| valid.contains(&oid(name)));
            valid.collect()
        }
        Err(violation) => format!("{violation:?}"),
    }
}

#[test]
#[rustfmt::skip]
fn a_policy_is_valid_if_every_certificate_has_it() {
    for (anchor, path, expected) in [
        ("none", &["a", "a"][..], "a"),
        ("none", &["a b", "b c"], "b"),
        ("none", &["a", "b"], ""),
        ("none", &["none", "a"], ""),
        ("none", &["a", "none"], ""),
        ("none", &["a", "none", "a"], ""),
        ("none", &["a"], "a"),
        ("none", &["any", "a"], "a"),
        ("none", &["a", "any"], "a"),
        ("none", &["any", "any"], "abcdx"),
        ("none", &["a any", "b"], "b"),

        ("none", &["explicit=0 none", "a"], "NoValidPolicy"),
        ("none", &["explicit=0 a", "b"], "NoValidPolicy"),
        ("none", &["explicit=0 a", "a"], "a"),
        ("none", &["explicit=0 any", "any"], "abcdx"),
        ("none", &["explicit=3 a", "a", "b"], ""),
        ("none", &["explicit=1 a", "a", "b"], "NoValidPolicy"),
        ("none", &["explicit=1 a", "self a", "a", "b"], "NoValidPolicy"),
        ("none", &["explicit=3 a", "explicit=0 a", "b"], "NoValidPolicy"),
        ("none", &["a", "explicit=0 b"], "NoValidPolicy"),
        ("none", &["a", "explicit=1 b"], ""),
        ("explicit=0", &["none", "none"], "NoValidPolicy"),
        ("none", &["broken a", "a"], "Unreadable"),
        ("none", &["a", "broken a"], "Unreadable"),
        ("broken", &["a"], "Unreadable"),

        ("none", &["any=0 a", "any"], ""),
        ("none", &["any=0 any", "any"], ""),
        ("none", &["any=1 any", "any", "a"], "a"),
        ("none", &["any=1 any", "any", "any"], ""),
        ("none", &["any=0 a", "self any", "a"], "a"),
        ("none", &["any=0 a", "self any"], ""),
        ("any=0", &["any", "a"], ""),

        ("none", &["a a>b", "b"], "a"),
        ("none", &["a a>b", "a"], ""),
        ("none", &["a a>b a>c", "c"], "a"),
        ("none", &["a b a>c b>c", "c"], "ab"),
        ("none", &["a a>b", "b b>c", "c"], "a"),
        ("none", &["any a>b", "b"], "a"),
        ("none", &["a b a>b", "b"], "ab"),
        ("none", &["a a>b", "any"], "a"),
        ("none", &["mapping=0 a", "a a>b", "b"], ""),
        ("none", &["mapping=0 a b", "a b a>b", "b"], "b"),
        ("none", &["mapping=0 explicit=0 a", "a a>b", "b"], "NoValidPolicy"),
        ("none", &["mapping=1 a a>b", "b b>c", "c"], "a"),
        ("none", &["a any>b", "b"], "MapsAnyPolicy"),
        ("none", &["a a>any", "b"], "MapsAnyPolicy"),
        ("none", &["a", "a any>b"], "a"),

        ("a", &["a b", "a b"], "a"),
        ("a", &["any", "any"], "a"),
        ("a any", &["a b", "a b"], "ab"),
        ("a explicit=0", &["b", "b"], "NoValidPolicy"),
    ] {
        assert_eq!(weigh(anchor, path), expected, "{anchor} | {path:?}");
    }
}

/// CVE-2023-0464: the tree would have 2^n nodes.
#[test]
fn the_work_does_not_double_with_each_authority() {
    let doubling = "a b a>a a>b b>a b>b explicit=0";
    let mut path = vec![doubling; 200];
    path.push("a b");
    assert_eq!(weigh("none", &path), "ab");
}
