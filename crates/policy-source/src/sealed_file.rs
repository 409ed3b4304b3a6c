//! Files that the program keeps for itself: replaced as a whole, for their owner alone, and used only if they are undamaged.

use std::io::{self, Write as _};
use std::path::Path;

use app_settings::read_file;
use sha2::{Digest as _, Sha256};

/// The bytes of a SHA-256 digest.
pub(crate) const DIGEST_BYTES: usize = 32;

/// The content of a file of at most so many bytes; `None` if there is no such file, or it is damaged. The digest at its end does
/// not keep out whoever can write into the folder.
pub(crate) fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let file = read_file(path, most).ok()?;
    let (content, digest) = file.split_at_checked(file.len().checked_sub(DIGEST_BYTES)?)?;
    (Sha256::digest(content).as_slice() == digest).then(|| content.to_vec())
}

/// Writes a file beside its place and renames it (0600). The folder is made if need be.
pub(crate) fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        file.write_all(part)?;
    }
    file.write_all(&digest.finalize())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The name of what belongs to a text, of 32 hexadecimal digits.
pub(crate) fn stem(text: &str) -> String {
    let digest = Sha256::digest(text);
    let bytes = digest.iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}
