//! Elements as Envoy writes them, and others. Made without the code under test.

use test_support::Issued;

/// `Hash` and `Cert`.
pub(crate) fn element(issued: &Issued) -> String {
    issued.envoy_element()
}

pub(crate) fn hash(issued: &Issued) -> String {
    format!("Hash={}", issued.sha256())
}

pub(crate) fn cert(issued: &Issued) -> String {
    format!("Cert=\"{}\"", encoded(&issued.pem()))
}

pub(crate) fn chain(all: &[&Issued]) -> String {
    let pem: String = all.iter().map(|issued| issued.pem()).collect();
    format!("Chain=\"{}\"", encoded(&pem))
}

/// As `PercentEncoding::urlEncode` and the replacements before it do.
fn encoded(pem: &str) -> String {
    let text = pem.replace('\n', "%0A").replace(' ', "%20");
    let text = text.replace('+', "%2B").replace('/', "%2F");
    text.replace('=', "%3D")
}

/// Other characters in place of one: its neighbours, the other case, and what the grammar is made of.
pub(crate) fn changed(byte: u8) -> Vec<char> {
    let flips = (0..7).map(|bit| byte ^ (1 << bit)).map(char::from);
    let signs = ";=\",\\%+/- \r\n\0A0".chars();
    let mut others: Vec<char> = flips
        .chain(signs)
        .filter(|other| *other != char::from(byte))
        .collect();
    others.sort_unstable();
    others.dedup();
    others
}

/// Values that hold the listed certificate in some way, none of them as Envoy would.
pub(crate) fn forgeries(listed: &Issued, stranger: &Issued) -> Vec<String> {
    let (good, bad) = (element(listed), element(stranger));
    let mut all = joined(&good, &bad);
    all.extend(misspelt(listed));
    all.extend(misquoted(listed, stranger));
    all.extend(rearranged(listed, stranger));
    all.extend(named(listed, stranger));
    all
}

/// Several elements in one value, as hops and attackers join them.
fn joined(good: &str, bad: &str) -> Vec<String> {
    let separators = [
        ",", ", ", " ,", ",,", "\n", "\r\n", "\0", ";;", " ", "; ", "|", "&",
    ];
    let pairs = [
        (good, good),
        (good, bad),
        (bad, good),
        (good, ""),
        ("", good),
    ];
    let mut all: Vec<String> = Vec::new();
    for separator in separators {
        for (first, second) in pairs {
            all.push(format!("{first}{separator}{second}"));
        }
        all.push(format!("By=spiffe://ingress{separator}{good}"));
        all.push(format!("{bad}{separator}{good}{separator}{bad}"));
    }
    // One semicolon between two elements makes keys come twice.
    all.extend([
        format!("{good};{good}"),
        format!("{bad};{good}"),
        format!("{good};{bad}"),
    ]);
    all.push(format!("{good};;"));
    all
}

/// PEM that other readers take for the same certificate.
fn misspelt(listed: &Issued) -> Vec<String> {
    let (hash, cert, pem) = (hash(listed), cert(listed), listed.pem());
    let one_line = pem.replace('\n', "");
    let texts = [
        pem.replace('\n', "\r\n"),
        pem.trim_end().to_owned(),
        format!("\n{pem}"),
        format!("{pem}\n"),
        format!("{pem}{pem}"),
        format!("subject=x\n{pem}"),
        one_line.replace("CERTIFICATE-----M", "CERTIFICATE-----\nM"),
        one_line,
        pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
        pem.replace("CERTIFICATE", "X509 CERTIFICATE"),
        pem.replace("CERTIFICATE", "certificate"),
        pem.replace("-----", "----"),
        pem.replace("\nM", "\n\nM"),
        pem.replace("\nM", "\nProc-Type: 4,ENCRYPTED\n\nM"),
        pem.replace("\nM", "\n M"),
        pem.replace('=', ""),
        listed.header(),
    ];
    let mut values: Vec<String> = texts
        .iter()
        .filter(|text| **text != pem)
        .map(|text| format!("Cert=\"{}\"", encoded(text)))
        .collect();
    // The same PEM, encoded otherwise.
    values.extend([
        cert.replace("%0A", "%0a"),
        cert.replace("%2B", "%2b").replace("%0A", "%0a"),
        cert.replace("%2F", "/").replace("%20", " "),
        cert.replace("%20", "+"),
        cert.replace("%20", "_"),
        cert.replace("%0A", "\\n"),
        cert.replace("%0A", "\n"),
        cert.replace("%0A", ""),
        cert.replace("%0A", "%250A"),
        cert.replace("%20", "%2520"),
        cert.replace('%', "%25"),
        cert.replace('%', "%u00"),
        cert.replace('-', "%2D"),
        cert.replace("BEGIN", "%42EGIN"),
        cert.replace("END", "%45ND"),
        cert.to_lowercase(),
        cert.to_uppercase(),
        format!("Cert=\"{}\"", listed.pem()),
    ]);
    let with_hash = values.iter().map(|cert| format!("{hash};{cert}"));
    with_hash.chain(values.iter().cloned()).collect()
}

/// Quotes and escapes where Envoy has none, or none where Envoy has them.
fn misquoted(listed: &Issued, stranger: &Issued) -> Vec<String> {
    let (hash, cert) = (hash(listed), cert(listed));
    let (inner, digits) = (&cert[6..cert.len() - 1], &hash[5..]);
    let bad = element(stranger);
    let certs = [
        format!("Cert={inner}"),
        format!("Cert='{inner}'"),
        format!("Cert=\"{inner}"),
        format!("Cert={inner}\""),
        format!("Cert=\"\"{inner}\"\""),
        format!("Cert=\\\"{inner}\\\""),
        format!("Cert=\"\\{inner}\""),
        format!("Cert=\"{inner}\\\""),
        format!("Cert=\"{inner}\\\";Chain=\"\""),
        format!("Cert=\"{inner}\"x"),
        format!("Cert=x\"{inner}\""),
        format!("Cert=\"x\"\"{inner}\""),
        format!("Cert =\"{inner}\""),
        format!("Cert= \"{inner}\""),
        format!("Cert=\" {inner}\""),
        format!("Cert==\"{inner}\""),
        format!("Cert:\"{inner}\""),
        format!("\"Cert\"=\"{inner}\""),
        format!("\"Cert=\"{inner}\"\""),
        "Cert=\"\"".to_owned(),
        "Cert=".to_owned(),
        "Cert".to_owned(),
    ];
    let hashes = [
        format!("Hash=\"{digits}\""),
        format!("Hash={}", digits.to_uppercase()),
        format!("Hash={}", &digits[1..]),
        format!("Hash={digits}0"),
        format!("Hash=sha256:{digits}"),
        format!("Hash={}", listed.sha1()),
        "Hash=".to_owned(),
        "Hash=\"\"".to_owned(),
        "Hash".to_owned(),
        format!("Hash= {digits}"),
        format!("Hash={}", "0".repeat(64)),
    ];
    let mut all: Vec<String> = certs.iter().map(|cert| format!("{hash};{cert}")).collect();
    let plain = hashes.iter().filter(|other| **other != hash);
    all.extend(plain.map(|other| format!("{other};{cert}")));
    all.extend(certs);
    // A quote that swallows what follows, for readers that look for keys in quoted text or the other way round.
    for key in ["Subject", "Chain", "By", "DNS", "Hash", "Cert"] {
        all.push(format!("{key}=\"{bad};{cert}\""));
        all.push(format!("{key}=\"x;{cert}"));
        all.push(format!("{key}=\"x\\\";{cert};\""));
        all.push(format!("{key}=\"x, {hash};{cert}"));
        all.push(format!("{bad};{key}=\"x\\\";{cert};\""));
    }
    all
}

/// Keys in other orders, twice, and in other spellings.
fn rearranged(listed: &Issued, stranger: &Issued) -> Vec<String> {
    let (hash, cert, chain) = (hash(listed), cert(listed), chain(&[listed]));
    let (other_hash, other) = (self::hash(stranger), self::cert(stranger));
    let orders = [
        [&cert, &hash, &chain],
        [&cert, &chain, &hash],
        [&chain, &hash, &cert],
        [&chain, &cert, &hash],
        [&hash, &chain, &cert],
        [&hash, &hash, &cert],
        [&hash, &cert, &cert],
        [&other_hash, &hash, &cert],
        [&hash, &other_hash, &cert],
        [&hash, &other, &cert],
        [&hash, &cert, &other],
        [&other_hash, &other, &cert],
        [&other_hash, &cert, &other],
        [&cert, &other_hash, &other],
    ];
    let mut all: Vec<String> = orders
        .iter()
        .map(|[a, b, c]| format!("{a};{b};{c}"))
        .collect();
    all.extend([
        format!("{hash};{cert};{chain};{chain}"),
        chain.clone(),
        format!("{hash};{chain}"),
    ]);
    let spellings = |key: &str| {
        let (first, rest) = key.split_at(1);
        [
            key.to_lowercase(),
            key.to_uppercase(),
            format!(" {key}"),
            format!("{key} "),
            format!("{key}*"),
            format!("{key}0"),
            format!("x{key}"),
            format!("{first}%{rest}"),
            format!("{key}\0"),
            format!("{key}\u{301}"),
        ]
    };
    for key in spellings("Cert") {
        all.push(cert.replacen("Cert", &key, 1));
        all.push(format!("{hash};{}", cert.replacen("Cert", &key, 1)));
        all.push(format!(
            "{other_hash};{other};{}",
            cert.replacen("Cert", &key, 1)
        ));
    }
    for key in spellings("Hash") {
        all.push(format!("{};{cert}", hash.replacen("Hash", &key, 1)));
    }
    all
}

/// Keys that Envoy knows and Container Apps does not write: their values are names of the caller's choice.
fn named(listed: &Issued, stranger: &Issued) -> Vec<String> {
    let (good, bad, cert) = (element(listed), element(stranger), cert(listed));
    let mut all = Vec::new();
    for key in ["By", "Subject", "URI", "DNS", "Key", "Issuer", "Serial", ""] {
        for value in ["", "x", "\"x\"", "\"CN=x\"", &good] {
            all.push(format!("{key}={value};{good}"));
            all.push(format!("{good};{key}={value}"));
        }
        // A name in the stranger's certificate that goes on as the caller's.
        all.push(format!("{bad};{key}=x;{cert}"));
        all.push(format!("{};{key}=x;{cert}", hash(stranger)));
        all.push(format!("{key}=x;{cert}"));
    }
    all
}

/// Whether a value is one of the spellings that are right: `Hash` or not, `Chain` or not, a semicolon at the end or not.
pub(crate) fn is_canonical(value: &str, listed: &Issued) -> bool {
    let (element, cert) = (element(listed), cert(listed));
    let rest = value
        .strip_prefix(element.as_str())
        .or_else(|| value.strip_prefix(cert.as_str()));
    let Some(rest) = rest else { return false };
    let rest = rest.strip_suffix(';').unwrap_or(rest);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'%';
    let chain = rest.strip_prefix(";Chain=\"");
    let chain = chain.and_then(|chain| chain.strip_suffix('"'));
    rest.is_empty() || chain.is_some_and(|chain| chain.bytes().all(is_plain))
}

/// A generator of test input (xorshift64); its sequence is that of its seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Up to six pieces with separators between them.
    pub(crate) fn composition(&mut self, listed: &Issued, stranger: &Issued) -> String {
        let pieces = [
            hash(listed),
            hash(listed),
            cert(listed),
            cert(listed),
            hash(stranger),
            cert(stranger),
            chain(&[listed]),
            "Chain=\"\"".to_owned(),
            "Subject=\"CN=x\"".to_owned(),
            "DNS=x".to_owned(),
            String::new(),
        ];
        let separators = [";", ";", ";", ";", ";", ",", ", ", "\"", "\\\"", "=", " "];
        let mut text = String::new();
        for index in 0..=self.below(4) {
            if index > 0 {
                text.push_str(separators[self.below(separators.len())]);
            }
            text.push_str(&pieces[self.below(pieces.len())]);
        }
        if self.below(4) == 0 {
            text.push(';');
        }
        text
    }
}
