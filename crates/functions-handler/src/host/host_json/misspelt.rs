//! Keys of `customHandler` that were meant to be others.

/// Keys below `customHandler` that this reader knows.
const KNOWN: [&str; 12] = [
    "description:arguments",
    "description:defaultExecutablePath",
    "description:useStdErrorStreamForErrorsOnly",
    "description:workingDirectory",
    "enableForwardingHttpRequest",
    "enableProxyingHttpRequest",
    "http:defaultAuthorizationLevel",
    "http:enableProxying",
    "http:routes",
    "initializationTimeout",
    "port",
    "type",
];

/// Keys of the host's that change the command line in ways that this product does not follow.
pub(super) const LEGACY: [&str; 3] = ["defaultWorkerPath", "workerArguments", "workerDirectory"];

/// Spellings of a key that circulate, and what each was meant to be. No host reads them.
const DEAD: [(&str, &str); 2] = [
    ("enableHttpProxyingRequest", "enableProxyingHttpRequest"),
    ("enableProxying", "enableProxyingHttpRequest"),
];

/// How many letters may be wrong for a key to count as misspelt.
const NEAR: usize = 3;

/// The key that a key was meant to be; both are below `customHandler`, with colons between their parts.
pub(super) fn meant(key: &str) -> Option<&'static str> {
    if LEGACY
        .iter()
        .any(|name| key.ends_with(&name.to_ascii_lowercase()))
    {
        return None;
    }
    let dead = DEAD.iter().find(|(dead, _)| dead.eq_ignore_ascii_case(key));
    if let Some((_, meant)) = dead {
        return Some(meant);
    }
    let element = |letter: char| letter.is_ascii_digit() || letter == ':';
    let list = key.trim_end_matches(element);
    let beside = KNOWN
        .into_iter()
        .filter(|known| known.matches(':').count() == list.matches(':').count())
        // The distance of two texts is at least that of their lengths, and costs more to compute.
        .filter(|known| known.len().abs_diff(list.len()) <= NEAR);
    if beside.clone().any(|known| known.eq_ignore_ascii_case(list)) {
        return None;
    }
    let distances = beside.map(|known| {
        (
            strsim::damerau_levenshtein(list, &known.to_ascii_lowercase()),
            known,
        )
    });
    let (distance, known) = distances.min()?;
    // Anything is near to a short key.
    ((1..=NEAR).contains(&distance) && known.len() > 2 * NEAR).then_some(known)
}
