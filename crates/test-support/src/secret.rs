//! What people put into the wrong setting, and whether any of it was printed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hierarchy::self_signed_client;
use crate::pfx;

/// A password as a generator makes it.
pub const PASSWORD: &str = "q7Zr-Vd2mXw9-Kt4pLs8b";

/// So many characters in a row give a secret away.
const WINDOW: usize = 12;

/// A secret that stands where it does not belong.
#[derive(Clone, Debug)]
pub struct Secret {
    pub kind: &'static str,
    pub text: String,
}

/// A PKCS#12 file in base64, a private key in PEM, and a password.
pub fn secrets() -> [Secret; 3] {
    let client = self_signed_client();
    let key = client.key.private_key_to_pem_pkcs8().unwrap();
    [
        ("base64 PFX", STANDARD.encode(pfx::ordinary(&client, &[]))),
        ("PEM key", String::from_utf8(key).unwrap()),
        ("password", PASSWORD.to_owned()),
    ]
    .map(|(kind, text)| Secret { kind, text })
}

impl Secret {
    /// Twelve characters in a row of the secret that an output contains. The lines that begin and end PEM are no secret.
    pub fn found_in(&self, output: &str) -> Option<String> {
        let lines = self.text.lines().filter(|line| !line.starts_with("-----"));
        lines
            .flat_map(|line| {
                let characters: Vec<char> = line.chars().collect();
                let windows = characters.windows(WINDOW).map(|part| part.iter().collect());
                windows.collect::<Vec<String>>()
            })
            .find(|part| output.contains(part))
    }
}
