//! What Kestrel takes for a host (`HttpUtilities.cs`: `IsHostHeaderValid`), and what `System.Uri` takes for one
//! (`DomainNameHelper.cs`).

/// Characters of a name or an IPv4 address, beside letters and digits (`HttpCharacters.cs`).
const HOST_SYMBOLS: &[u8] = b"!$&'()-._~";

/// Characters of a label of a name, and of a name in all (RFC 1035, section 2.3.4).
const LABEL_CHARACTERS: usize = 63;
const NAME_CHARACTERS: usize = 255;

/// Whether Kestrel takes it; else 400. Empty is taken here.
pub(super) fn is_taken(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return is_taken_v6(address);
    }
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || HOST_SYMBOLS.contains(&byte);
    let end = host.bytes().position(|byte| !is_host(byte));
    let Some(end) = end else {
        return true;
    };
    end > 0 && is_port(host.get(end..).unwrap_or_default())
}

fn is_taken_v6(address: &str) -> bool {
    let Some((address, port)) = address.split_once(']') else {
        return false;
    };
    let is_address = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
    address.len() >= 3 && address.bytes().all(is_address) && (port.is_empty() || is_port(port))
}

/// A colon and at least one digit.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an address with this host can be made into a `Uri`; else the function's call fails.
pub(in crate::stand_in) fn has_uri_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, "0"),
    };
    port.parse::<u16>().is_ok() && (name.starts_with('[') || is_domain_name(name))
}

fn is_domain_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= NAME_CHARACTERS && name.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let starts_well = label.bytes().next().is_some_and(|byte| byte != b'-');
    starts_well && label.len() <= LABEL_CHARACTERS && label.bytes().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kestrel_takes_hosts_alone() {
        for host in [
            "",
            "a",
            "EXAMPLE.org",
            "a.",
            "a_b",
            "a:1",
            "a:99999",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:80",
            "[::ffff:1.2.3.4]",
            "!$&'()-._~",
        ] {
            assert!(is_taken(host), "{host}");
        }
        for host in [
            ":80", "a:", "a:x", "a:1x", "::1", "a/b", "u@a", "a b", "a, b", "a,b", "a%2Eb", "a?b",
            "a#b", "a*", "a;b", "[::1", "[]", "[1]", "[::1]x", "[::1]:", "[::g]", "\u{e9}",
        ] {
            assert!(!is_taken(host), "{host}");
        }
    }

    #[test]
    fn a_uri_needs_a_name_or_an_address() {
        let label = "h".repeat(LABEL_CHARACTERS);
        let longest = [&*label; 4].join(".");
        for host in [
            "a",
            "a_b.example",
            "xn--9ca.example",
            "a.",
            "a:1",
            "127.0.0.1",
            "[::1]:80",
            &label,
            &longest,
        ] {
            assert!(has_uri_host(host), "{host}");
        }
        let longer = format!("{longest}.a");
        for host in [
            "",
            "a..b",
            "-a",
            "a!b",
            "a:65536",
            &"h".repeat(LABEL_CHARACTERS + 1),
            &longer,
        ] {
            assert!(!has_uri_host(host), "{host}");
        }
    }
}
