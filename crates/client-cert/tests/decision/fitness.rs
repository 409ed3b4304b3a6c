//! The adjustable part of what a certificate must be like.

use client_cert::{ExtendedKeyUsageRule, Fitness, KeyUsageRule};
use test_support::{Issued, KeyKind, NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn extended_key_usage_follows_its_setting() {
    let authority = Shape::authority("Authority").self_signed();
    let ask = |rule, purposes: Option<Vec<&'static str>>| {
        let shape = Shape {
            extended_key_usage: purposes,
            ..Shape::caller("partner")
        };
        let fitness = Fitness { extended_key_usage: rule, ..Fitness::default() };
        let lists = Lists { fitness, ..named("partner", &[&authority], &[]) };
        outcome(lists, &authority.issue(shape), NOW)
    };
    use ExtendedKeyUsageRule::{Any, IfPresent, Ignored, Required};
    assert_rows([
        ("if present: missing", ask(IfPresent, None), "allow: name partner"),
        ("if present: client", ask(IfPresent, Some(vec!["clientAuth"])), "allow: name partner"),
        ("if present: server", ask(IfPresent, Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("if present: any", ask(IfPresent, Some(vec!["anyExtendedKeyUsage"])), "deny: extended-key-usage"),
        ("any: missing", ask(Any, None), "allow: name partner"),
        ("any: client", ask(Any, Some(vec!["clientAuth"])), "allow: name partner"),
        ("any: any", ask(Any, Some(vec!["anyExtendedKeyUsage", "serverAuth"])), "allow: name partner"),
        ("any: server", ask(Any, Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("required: missing", ask(Required, None), "deny: extended-key-usage"),
        ("required: client", ask(Required, Some(vec!["clientAuth"])), "allow: name partner"),
        ("required: any", ask(Required, Some(vec!["anyExtendedKeyUsage"])), "deny: extended-key-usage"),
        ("ignored: server", ask(Ignored, Some(vec!["serverAuth"])), "allow: name partner"),
        ("ignored: missing", ask(Ignored, None), "allow: name partner"),
    ]);
}

#[test]
#[rustfmt::skip]
fn key_usage_follows_its_setting() {
    let authority = Shape::authority("Authority").self_signed();
    let ask = |key_usage, usages: Option<Vec<&'static str>>| {
        let shape = Shape { key_usage: usages, ..Shape::caller("partner") };
        let fitness = Fitness { key_usage, ..Fitness::default() };
        let lists = Lists { fitness, ..named("partner", &[&authority], &[]) };
        outcome(lists, &authority.issue(shape), NOW)
    };
    use KeyUsageRule::{Any, DigitalSignature};
    assert_rows([
        ("digital-signature: missing", ask(DigitalSignature, None), "allow: name partner"),
        ("digital-signature: there", ask(DigitalSignature, Some(vec!["digitalSignature"])), "allow: name partner"),
        ("digital-signature: encipherment alone", ask(DigitalSignature, Some(vec!["keyEncipherment"])), "deny: key-usage"),
        ("any: missing", ask(Any, None), "allow: name partner"),
        ("any: encipherment alone", ask(Any, Some(vec!["keyEncipherment"])), "allow: name partner"),
    ]);
}

#[test]
#[rustfmt::skip]
fn the_minimum_of_rsa_bits_follows_its_setting() {
    let caller = Shape {
        key: KeyKind::Rsa2048,
        ..Shape::caller("caller")
    }
    .self_signed();
    let weak = Shape {
        key: KeyKind::Rsa1024,
        ..Shape::caller("caller")
    }
    .self_signed();
    let ask = |minimum_rsa_bits, caller: &Issued| {
        let fitness = Fitness { minimum_rsa_bits, ..Fitness::default() };
        outcome(Lists { fitness, ..pinned(caller) }, caller, NOW)
    };
    assert_rows([
        ("2048 of 2048", ask(2048, &caller), "allow: pin sha256"),
        ("2048 of 2049", ask(2049, &caller), "deny: key-too-short"),
        ("2048 of 3072", ask(3072, &caller), "deny: key-too-short"),
        ("1024 of 1024", ask(1024, &weak), "allow: pin sha256"),
    ]);
}

#[test]
fn each_rule_is_shown_by_the_word_that_sets_it() {
    for (word, rule) in ExtendedKeyUsageRule::WORDS {
        assert_eq!(rule.to_string(), *word);
    }
    for (word, rule) in KeyUsageRule::WORDS {
        assert_eq!(rule.to_string(), *word);
    }
}
