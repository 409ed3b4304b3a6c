//! The alerts that end a handshake, in words.

/// One alert of the registry for TLS, with what it usually means where a client certificate is demanded.
pub(super) struct Alert {
    pub(super) number: u8,
    /// As RFC 8446, section 6.2, and the RFCs before it name it.
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    pub(super) advice: &'static str,
}

/// The alert of this number, or one that says that nobody here knows it.
pub(super) fn of(number: u8) -> &'static Alert {
    ALERTS
        .iter()
        .find(|alert| alert.number == number)
        .unwrap_or(&UNKNOWN)
}

/// What servers mean that demand a certificate, get none, and have no alert for it before TLS 1.3.
pub(super) const CERTIFICATE_REQUIRED: u8 = 116;

const UNKNOWN: Alert = Alert {
    number: 0,
    name: "unknown",
    meaning: "the server ended the handshake with an alert that TLS does not name",
    advice: "ask whoever runs the server what its log says of this call",
};

const ALERTS: &[Alert] = &[
    Alert {
        number: 10,
        name: "unexpected_message",
        meaning: "the server did not expect what our side sent",
        advice: "try --tls 1.2; a device between may not understand TLS 1.3",
    },
    Alert {
        number: 40,
        name: "handshake_failure",
        meaning: "no version, cipher or signature that both sides take",
        advice: "see below what was sent; if a certificate was, try another --tls or another kind of key",
    },
    Alert {
        number: 42,
        name: "bad_certificate",
        meaning: "the server found our certificate or a signature in its chain wrong; some servers say this of any certificate they do not know",
        advice: "check that the partner has registered this very certificate, by its thumbprint below",
    },
    Alert {
        number: 43,
        name: "unsupported_certificate",
        meaning: "our certificate is of a kind or for a purpose that the server does not take",
        advice: "it needs client authentication as extended usage and a key that the server knows; mtls certificate show tells both",
    },
    Alert {
        number: 44,
        name: "certificate_revoked",
        meaning: "the authority has withdrawn our certificate",
        advice: "have a new one issued",
    },
    Alert {
        number: 45,
        name: "certificate_expired",
        meaning: "a certificate that was sent is past its end or before its beginning, by the server's clock",
        advice: "see below the dates of all certificates that were sent, intermediates too; renew",
    },
    Alert {
        number: 46,
        name: "certificate_unknown",
        meaning: "the server refuses our certificate for a reason that it does not tell",
        advice: "check that the partner has registered this very certificate; the server's log has the reason",
    },
    Alert {
        number: 47,
        name: "illegal_parameter",
        meaning: "the server found a value in our side's messages that does not fit",
        advice: "try --tls 1.2; a device between may not understand TLS 1.3",
    },
    Alert {
        number: 48,
        name: "unknown_ca",
        meaning: "the server finds no way from our certificate to an authority that it trusts",
        advice: "send the intermediates too: they belong in the file, beside the key and the certificate; if they were sent, the partner must trust their root",
    },
    Alert {
        number: 49,
        name: "access_denied",
        meaning: "our certificate is valid and not admitted",
        advice: "ask the partner to admit it, by its thumbprint or subject below",
    },
    Alert {
        number: 50,
        name: "decode_error",
        meaning: "the server could not read a message of our side",
        advice: "try --tls 1.2; a device between may have changed it",
    },
    Alert {
        number: 51,
        name: "decrypt_error",
        meaning: "a signature of ours did not verify at the server",
        advice: "try another kind of key; the server may not support this one",
    },
    Alert {
        number: 70,
        name: "protocol_version",
        meaning: "the server does not speak this version of TLS",
        advice: "leave --tls out; a server that speaks neither 1.2 nor 1.3 must be updated",
    },
    Alert {
        number: 71,
        name: "insufficient_security",
        meaning: "the server wants stronger ciphers or keys than were offered",
        advice: "use a longer key",
    },
    Alert {
        number: 80,
        name: "internal_error",
        meaning: "the server failed for a reason of its own; some do so when they cannot check a certificate",
        advice: "try again; the server's log has the reason",
    },
    Alert {
        number: 90,
        name: "user_canceled",
        meaning: "the server gave up the handshake",
        advice: "try again",
    },
    Alert {
        number: 112,
        name: "unrecognized_name",
        meaning: "the server does not serve this host name",
        advice: "check the host in the address; an address in digits carries no name",
    },
    Alert {
        number: 113,
        name: "bad_certificate_status_response",
        meaning: "the server did not like the proof that our certificate is not revoked",
        advice: "the server's log has the reason",
    },
    Alert {
        number: CERTIFICATE_REQUIRED,
        name: "certificate_required",
        meaning: "the server demands a client certificate and got none",
        advice: "name one with --identity; if one was named, its issuer may be none that the server asked for",
    },
    Alert {
        number: 120,
        name: "no_application_protocol",
        meaning: "the server speaks no protocol that was offered",
        advice: "the server may speak HTTP/2 alone, and neither this tool nor the handler does",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_an_alert_of_no_name_is_told_too() {
        assert!(ALERTS.is_sorted_by(|one, other| one.number < other.number));
        assert_eq!(of(48).name, "unknown_ca");
        assert_eq!(of(200).name, "unknown");
    }
}
