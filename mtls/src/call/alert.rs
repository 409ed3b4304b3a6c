//! The alerts that end a handshake (RFC 8446, section 6.2, and the RFCs before it), with their usual meaning where a
//! client certificate is demanded.

/// One alert.
pub(super) struct Alert {
    pub(super) number: u8,
    pub(super) name: &'static str,
    pub(super) about: About,
    pub(super) meaning: &'static str,
    pub(super) advice: &'static str,
}

/// What an alert is about. An alert about a certificate that was not sent means something else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum About {
    /// The client certificate.
    Certificate,
    /// Anything, a missing client certificate included.
    Anything,
    /// The connection, whatever certificate was sent.
    Connection,
}

/// The alert of this number, or a placeholder for one that this table lacks.
pub(super) fn of(number: u8) -> &'static Alert {
    ALERTS
        .iter()
        .find(|alert| alert.number == number)
        .unwrap_or(&UNKNOWN)
}

const UNKNOWN: Alert = Alert {
    number: 0,
    name: "unknown",
    about: About::Connection,
    meaning: "the server ended the handshake with an alert that has no usual meaning here",
    advice: "ask whoever runs the server what its log says about this call",
};

const ALERTS: &[Alert] = &[
    Alert {
        number: 10,
        name: "unexpected_message",
        about: About::Connection,
        meaning: "the server did not expect what our side sent",
        advice: "try --tls 1.2; a device in between may not understand TLS 1.3",
    },
    Alert {
        number: 40,
        name: "handshake_failure",
        about: About::Anything,
        meaning: "both sides have no version, cipher or signature algorithm in common",
        advice: "try another --tls, or a certificate with another kind of key",
    },
    Alert {
        number: 42,
        name: "bad_certificate",
        about: About::Certificate,
        meaning: "the server rejects our certificate or a signature in its chain; some servers send this for any certificate that they do not know",
        advice: "check that the partner has registered this very certificate, by its thumbprint below",
    },
    Alert {
        number: 43,
        name: "unsupported_certificate",
        about: About::Certificate,
        meaning: "the server does not accept the type or the purpose of our certificate",
        advice: "it needs clientAuth in its extended key usage and a kind of key that the server knows; mtls certificate show prints both",
    },
    Alert {
        number: 44,
        name: "certificate_revoked",
        about: About::Certificate,
        meaning: "the authority has revoked our certificate",
        advice: "have a new one issued",
    },
    Alert {
        number: 45,
        name: "certificate_expired",
        about: About::Certificate,
        meaning: "a certificate that was sent has expired or is not valid yet, by the server's clock",
        advice: "look at the dates of all certificates below, intermediates too, and renew what has expired",
    },
    Alert {
        number: 46,
        name: "certificate_unknown",
        about: About::Certificate,
        meaning: "the server rejects our certificate for a reason that it does not give",
        advice: "check that the partner has registered this very certificate, by its thumbprint below; the server's log has the reason",
    },
    Alert {
        number: 47,
        name: "illegal_parameter",
        about: About::Connection,
        meaning: "the server found an inconsistent value in a message of our side",
        advice: "try --tls 1.2; a device in between may not understand TLS 1.3",
    },
    Alert {
        number: 48,
        name: "unknown_ca",
        about: About::Certificate,
        meaning: "the server finds no path from our certificate to an authority that it trusts",
        advice: "send the intermediates too: they belong in the file, beside the key and the certificate; if they were sent, the partner must trust their root",
    },
    Alert {
        number: 49,
        name: "access_denied",
        about: About::Certificate,
        meaning: "our certificate is valid and the server does not admit it",
        advice: "ask the partner to admit it, by its thumbprint or subject below",
    },
    Alert {
        number: 50,
        name: "decode_error",
        about: About::Connection,
        meaning: "the server could not decode a message of our side",
        advice: "try --tls 1.2; a device in between may have changed it",
    },
    Alert {
        number: 51,
        name: "decrypt_error",
        about: About::Connection,
        meaning: "the server could not verify a signature or a digest of our side",
        advice: "try --tls 1.2; if a certificate was sent, try one with another kind of key",
    },
    Alert {
        number: 70,
        name: "protocol_version",
        about: About::Connection,
        meaning: "the server does not support this version of TLS",
        advice: "leave --tls out; a server that supports neither 1.2 nor 1.3 must be updated",
    },
    Alert {
        number: 71,
        name: "insufficient_security",
        about: About::Connection,
        meaning: "the server requires stronger ciphers or keys than our side offered",
        advice: "the server's log says which it accepts",
    },
    Alert {
        number: 80,
        name: "internal_error",
        about: About::Connection,
        meaning: "the server failed for a reason of its own",
        advice: "try again; the server's log has the reason",
    },
    Alert {
        number: 90,
        name: "user_canceled",
        about: About::Connection,
        meaning: "the server cancelled the handshake",
        advice: "try again",
    },
    Alert {
        number: 112,
        name: "unrecognized_name",
        about: About::Connection,
        meaning: "the server does not serve this host name",
        advice: "check the host in the URL; an IP address sends no name",
    },
    Alert {
        number: 116,
        name: "certificate_required",
        about: About::Certificate,
        meaning: "the server requires a client certificate and does not count the one that was sent",
        advice: "the server's log has the reason",
    },
    Alert {
        number: 120,
        name: "no_application_protocol",
        about: About::Connection,
        meaning: "the server supports no application protocol that was offered",
        advice: "the server may speak HTTP/2 alone; neither this tool nor the handler does",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_any_number_has_an_entry() {
        assert!(ALERTS.is_sorted_by(|one, other| one.number < other.number));
        assert_eq!(of(48).name, "unknown_ca");
        assert_eq!(of(200).name, "unknown");
    }
}
