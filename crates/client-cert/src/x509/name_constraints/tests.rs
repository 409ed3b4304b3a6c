use super::*;
use crate::x509::alternative_name::SubjectAlternativeName;
use crate::x509::name::Name;

/// A DER element with a length of at most two bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let length = match u8::try_from(length).ok().filter(|length| *length < 128) {
        Some(short) => vec![short],
        None => [&[0x82][..], &u16::try_from(length).unwrap().to_be_bytes()].concat(),
    };
    [&[tag], &length[..], content].concat()
}

/// A subtree from `dns:example.com`; `ip:` takes numbers with dots, `dn:` the common name of a name of one attribute.
fn subtree(text: &str) -> Vec<u8> {
    let (form, base) = text.split_once(':').unwrap();
    let base = match form {
        "other" => element(0xa0, &element(6, b"\x2a\x01")),
        "mail" => element(0x81, base.as_bytes()),
        "dns" => element(0x82, base.as_bytes()),
        "dn" => element(0xa4, &directory_name(base)),
        "uri" => element(0x86, base.as_bytes()),
        "ip" => element(
            0x87,
            &base
                .split('.')
                .map(|byte| byte.parse().unwrap())
                .collect::<Vec<u8>>(),
        ),
        _ => panic!("{form}"),
    };
    element(0x30, &base)
}

/// The encoding of `CN=…` below `O=Example`; of `O=Example` if there is no text.
fn directory_name(common_name: &str) -> Vec<u8> {
    let rdn = |kind: &[u8], text: &str| {
        let pair = [element(6, kind), element(12, text.as_bytes())].concat();
        element(0x31, &element(0x30, &pair))
    };
    let organization = rdn(b"\x55\x04\x0a", "Example");
    let common_name = if common_name.is_empty() {
        Vec::new()
    } else {
        rdn(b"\x55\x04\x03", common_name)
    };
    element(0x30, &[organization, common_name].concat())
}

/// Constraints from `+dns:example.com -dns:x.example.com`: permitted and excluded subtrees.
fn constraints(text: &str) -> NameConstraints {
    let side = |sign: char| {
        let bases = text.split(' ').filter_map(|part| part.strip_prefix(sign));
        bases.map(subtree).collect::<Vec<_>>().concat()
    };
    let [permitted, excluded] = [('+', 0xa0), ('-', 0xa1)].map(|(sign, tag)| match side(sign) {
        bases if bases.is_empty() => bases,
        bases => element(tag, &bases),
    });
    NameConstraints::read(&element(0x30, &[permitted, excluded].concat())).unwrap()
}

/// An alternative name from `dns:…`; anything without a form is the subject.
fn weigh(text: &str, names: &[&str]) -> String {
    let subject = names
        .iter()
        .find(|name| name.contains('=') || name.is_empty());
    let subject = Name::from_rfc4514(subject.copied().unwrap_or_default()).unwrap();
    let alternative = names
        .iter()
        .filter(|name| !name.contains('=') && !name.is_empty());
    let alternative: Vec<SubjectAlternativeName> = alternative
        .map(|name| match name.split_once(':').unwrap() {
            ("dns", name) => SubjectAlternativeName::Dns(name.to_owned()),
            ("mail", name) => SubjectAlternativeName::Mail(name.to_owned()),
            ("uri", name) => SubjectAlternativeName::Uri(name.to_owned()),
            ("ip", name) => SubjectAlternativeName::Ip(name.parse().unwrap()),
            ("upn", name) => SubjectAlternativeName::UserPrincipalName(name.to_owned()),
            ("dn", name) => {
                SubjectAlternativeName::Directory(Name::from_der(&directory_name(name)).unwrap())
            }
            (form, _) => panic!("{form}"),
        })
        .collect();
    let names = ConstrainedNames {
        subject: &subject,
        alternative: &alternative,
    };
    shown(constraints(text).allow(&names))
}

fn shown(outcome: Result<(), NameViolation>) -> String {
    match outcome {
        Ok(()) => "allowed".to_owned(),
        Err(violation) => format!("{violation:?}"),
    }
}

#[test]
#[rustfmt::skip]
fn a_name_lies_in_a_permitted_subtree_and_in_no_excluded_one() {
    for (constraints, names, expected) in [
        ("+dns:example.com", &["dns:example.com", "dns:A.b.EXAMPLE.com"][..], "allowed"),
        ("+dns:example.com", &["dns:notexample.com"], "NotPermitted(Dns)"),
        ("+dns:example.com", &["dns:a.example.com", "dns:com"], "NotPermitted(Dns)"),
        ("+dns:example.com", &["dns:*.example.com"], "allowed"),
        ("+dns:a.example.com", &["dns:*.example.com"], "NotPermitted(Dns)"),
        ("-dns:a.example.com", &["dns:*.example.com"], "Excluded(Dns)"),
        ("-dns:a.b.example.com", &["dns:*.example.com"], "allowed"),
        ("-dns:example.com", &["dns:*.example.com"], "Excluded(Dns)"),
        ("-dns:example.com", &["dns:*.com"], "Excluded(Dns)"),
        ("-dns:example.com", &["dns:notexample.com"], "allowed"),
        ("+dns:example.com -dns:a.example.com", &["dns:b.example.com"], "allowed"),
        ("+dns:example.com -dns:a.example.com", &["dns:x.a.example.com"], "Excluded(Dns)"),
        ("+dns:a.com +dns:b.com", &["dns:x.b.com"], "allowed"),
        ("+dns:", &["dns:anything.example"], "allowed"),
        ("-dns:", &["dns:anything.example"], "Excluded(Dns)"),
        ("+dns:example.com", &["dns:.example.com"], "Unreadable(Dns)"),
        ("-dns:example.com", &["dns:b\u{fc}ro.example"], "Unreadable(Dns)"),
        ("+dns:.example.com", &["dns:a.example.com"], "Unusable(Dns)"),
        ("-dns:.example.com", &["dns:elsewhere.example"], "Unusable(Dns)"),
        ("+dns:*.example.com", &["dns:a.example.com"], "Unusable(Dns)"),
        ("+dns:example.com +dns:*.x", &["dns:a.example.com"], "Unusable(Dns)"),
        ("+dns:.example.com", &["mail:a@x", "ip:10.0.0.1", "CN=x"], "allowed"),

        ("+mail:jane@example.com", &["mail:jane@EXAMPLE.com"], "allowed"),
        ("+mail:jane@example.com", &["mail:Jane@example.com"], "NotPermitted(Mail)"),
        ("+mail:example.com", &["mail:anyone@example.com"], "allowed"),
        ("+mail:example.com", &["mail:anyone@a.example.com"], "NotPermitted(Mail)"),
        ("+mail:.example.com", &["mail:anyone@a.b.example.com"], "allowed"),
        ("+mail:.example.com", &["mail:anyone@example.com"], "NotPermitted(Mail)"),
        ("+mail:*@example.com", &["mail:*@example.com"], "allowed"),
        ("+mail:*@example.com", &["mail:a@example.com"], "NotPermitted(Mail)"),
        ("-mail:example.com", &["mail:a@example.org"], "allowed"),
        ("-mail:example.com", &["mail:a@example.com"], "Excluded(Mail)"),
        ("+mail:example.com", &["mail:a@b@example.com"], "Unreadable(Mail)"),
        ("+mail:a@b@example.com", &["mail:a@example.com"], "Unusable(Mail)"),
        ("+mail:example.com", &["emailAddress=a@example.com,O=Example"], "allowed"),
        ("+mail:example.com", &["emailAddress=a@example.org,O=Example"], "NotPermitted(Mail)"),
        ("+mail:example.com", &["emailAddress=a@example.org,O=Example", "mail:a@example.com"], "NotPermitted(Mail)"),
        ("-mail:example.com", &["emailAddress=#0400,O=Example"], "Unreadable(Mail)"),
        ("+mail:example.com", &["CN=no address"], "allowed"),

        ("+uri:example.com", &["uri:https://u@example.com:1/x"], "allowed"),
        ("+uri:example.com", &["uri:https://a.example.com/"], "NotPermitted(Uri)"),
        ("+uri:.example.com", &["uri:spiffe://A.Example.com/x"], "allowed"),
        ("+uri:.example.com", &["uri:spiffe://example.com/x"], "NotPermitted(Uri)"),
        ("-uri:example.com", &["uri:spiffe://example.com/x"], "Excluded(Uri)"),
        ("-uri:example.com", &["uri:https://example.com@elsewhere.example/x"], "allowed"),
        ("-uri:example.com", &["uri:https://10.0.0.1/"], "Unreadable(Uri)"),
        ("-uri:example.com", &["uri:urn:uuid:0"], "Unreadable(Uri)"),
        ("+uri:https://example.com", &["uri:https://example.com"], "Unusable(Uri)"),
        ("+uri:", &["uri:https://example.com"], "allowed"),

        ("+ip:192.0.2.0.255.255.255.0", &["ip:192.0.2.7"], "allowed"),
        ("+ip:192.0.2.0.255.255.255.0", &["ip:192.0.3.7"], "NotPermitted(Ip)"),
        ("+ip:192.0.2.0.255.255.255.0", &["ip:::1"], "NotPermitted(Ip)"),
        ("-ip:192.0.2.0.255.255.255.0", &["ip:192.0.2.7"], "Excluded(Ip)"),
        ("-ip:192.0.2.0.255.255.255.0", &["ip:::ffff:192.0.2.7"], "allowed"),
        ("+ip:192.0.2.0", &["ip:192.0.2.0"], "Unusable(Ip)"),
        ("+ip:192.0.2.0.255.0.255.0", &["ip:192.0.2.0"], "Unusable(Ip)"),

        ("+dn:", &["CN=x,O=EXAMPLE"], "allowed"),
        ("+dn:", &["CN=x,O=Other"], "NotPermitted(Directory)"),
        ("+dn:", &["CN=x,O=Example,C=DE"], "NotPermitted(Directory)"),
        ("+dn:", &["CN=x,O=Example", "dn:y"], "allowed"),
        ("+dn:Jane", &["CN=jane,O=Example", "dn:joe"], "NotPermitted(Directory)"),
        ("+dn:", &["dns:no.subject.example"], "allowed"),
        ("-dn:Jane", &["CN=JANE,O=Example"], "Excluded(Directory)"),
        ("-dn:Jane", &["CN=Joe,O=Example"], "allowed"),
        ("-dn:Jane", &["CN=J\\c2\\adane,O=Example"], "Excluded(Directory)"),

        ("-other:x", &["upn:jane@example.com"], "Unusable(Other)"),
        ("+other:x", &["dns:a", "CN=x"], "allowed"),
    ] {
        assert_eq!(weigh(constraints, names), expected, "{constraints} {names:?}");
    }
}

#[test]
#[rustfmt::skip]
fn a_common_name_is_weighed_as_what_it_looks_like() {
    for (text, common_name, expected) in [
        ("+dns:partner.example", "billing.partner.example", "allowed"),
        ("+dns:partner.example", "BILLING.partner.example", "allowed"),
        ("+dns:partner.example", "billing.other.example", "NotPermitted(Dns)"),
        ("+dns:partner.example", "billing", "NotPermitted(Dns)"),
        ("+dns:partner.example", "billing.partner.example.", "Unreadable(Dns)"),
        ("+dns:partner.example", "m\u{fc}ller", "Unreadable(Dns)"),
        ("+dns:partner.example", "Jane Doe", "allowed"),
        ("+dns:partner.example", "Jane M\u{fc}ller", "allowed"),
        ("+dns:partner.example", "jane@other.example", "allowed"),
        ("+dns:partner.example", "10.0.0.1", "Unreadable(Dns)"),
        ("+dns:partner.example", "", "Unreadable(Dns)"),
        ("-dns:other.example", "Jane Doe", "allowed"),
        ("-dns:other.example", "partner", "allowed"),
        ("-dns:other.example", "a.other.example", "Excluded(Dns)"),
        ("+mail:partner.example", "jane@partner.example", "allowed"),
        ("+mail:partner.example", "jane@other.example", "NotPermitted(Mail)"),
        ("+mail:partner.example", "Jane <jane@partner.example>", "Unreadable(Mail)"),
        ("+mail:partner.example", "Jane Doe", "allowed"),
        ("+uri:partner.example", "spiffe://partner.example/x", "allowed"),
        ("+uri:partner.example", "spiffe://other.example/x", "NotPermitted(Uri)"),
        ("+uri:partner.example", "x spiffe://partner.example/", "Unreadable(Uri)"),
        ("+ip:10.0.0.0.255.0.0.0", "10.0.0.1", "allowed"),
        ("+ip:10.0.0.0.255.0.0.0", "11.0.0.1", "NotPermitted(Ip)"),
        ("+dn:", "Jane Doe", "allowed"),
        ("+dn:", "billing.partner.example", "allowed"),
    ] {
        let outcome = shown(constraints(text).allow_common_name(common_name));
        assert_eq!(outcome, expected, "{text} {common_name:?}");
    }
}

#[test]
fn other_limits_refuse_the_form_and_no_other() {
    let with = |limits: &[u8]| {
        let base = [&element(0x82, b"example.com"), limits].concat();
        let side = element(0xa0, &element(0x30, &base));
        NameConstraints::read(&element(0x30, &side)).map(|constraints| {
            let name = SubjectAlternativeName::Dns("example.com".to_owned());
            let subject = Name::from_rfc4514("CN=x").unwrap();
            let [with, without] = [&[name][..], &[]].map(|alternative| {
                shown(constraints.allow(&ConstrainedNames {
                    subject: &subject,
                    alternative,
                }))
            });
            assert_eq!(without, "allowed");
            with
        })
    };
    assert_eq!(with(b""), Some("allowed".to_owned()));
    assert_eq!(with(b"\x80\x01\x00"), Some("allowed".to_owned()));
    for limits in [
        &b"\x80\x01\x01"[..],
        b"\x81\x01\x00",
        b"\x80\x01\x00\x81\x01\x05",
        b"\x05\x00",
    ] {
        assert_eq!(with(limits), Some("Unusable(Dns)".to_owned()), "{limits:?}");
    }
}

#[test]
fn what_constrains_nothing_or_is_no_constraint_is_not_read() {
    let tree = subtree("dns:a");
    let (permitted, excluded) = (element(0xa0, &tree), element(0xa1, &tree));
    let read = |fields: &[&Vec<u8>]| {
        let fields: Vec<u8> = fields.iter().copied().flatten().copied().collect();
        NameConstraints::read(&element(0x30, &fields))
    };
    assert!(read(&[&permitted, &excluded]).is_some());
    for fields in [
        &[][..],
        &[&element(0xa0, b"")],
        &[&excluded, &permitted],
        &[&permitted, &permitted],
        &[&permitted, &excluded, &excluded],
        &[&tree],
        &[&element(0xa2, &tree)],
        &[&element(0xa0, &element(0x30, b""))],
        &[&element(0xa0, &element(0x30, &element(0x89, b"x")))],
        &[&element(0xa0, &element(0x31, &element(0x82, b"a")))],
    ] {
        assert!(read(fields).is_none(), "{fields:02x?}");
    }
}

#[test]
fn the_work_is_bounded() {
    let many: Vec<SubjectAlternativeName> = (0..1_001)
        .map(|number| SubjectAlternativeName::Dns(format!("n{number}.example")))
        .collect();
    let bases: Vec<String> = (0..250)
        .map(|number| format!("-dns:b{number}.example.org"))
        .collect();
    let constraints = constraints(&bases.join(" "));
    let subject = Name::from_rfc4514("").unwrap();
    let outcome = |alternative| {
        shown(constraints.allow(&ConstrainedNames {
            subject: &subject,
            alternative,
        }))
    };
    assert_eq!(outcome(&many[1..]), "allowed");
    assert_eq!(outcome(&many), "TooMany");
}
