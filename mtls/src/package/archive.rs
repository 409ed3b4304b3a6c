//! The zip itself, which depends on nothing but names, bytes and execute bits.

use std::io::{Cursor, Write as _};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::contents::PackedFile;

/// What everybody may read.
const PLAIN: u32 = 0o644;

/// What everybody may start: the host runs as another user than the one who packs.
const EXECUTABLE: u32 = 0o755;

/// Of zlib: what smaller levels save in time is nothing beside a build.
const COMPRESSION_LEVEL: i64 = 9;

/// Packs the files in their order. Made on Unix, whatever this machine is: readers take modes from no other system.
pub(super) fn zip(files: &[PackedFile]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(COMPRESSION_LEVEL))
            .last_modified_time(DateTime::DEFAULT)
            .system(System::Unix)
            .unix_permissions(mode(file));
        zip.start_file(file.name.as_str(), options)?;
        zip.write_all(&file.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The mode that a file has in the package.
pub(super) fn mode(file: &PackedFile) -> u32 {
    match file.is_executable {
        true => EXECUTABLE,
        false => PLAIN,
    }
}
