//! A root folder of a release of Debian, as bare as `debootstrap` makes one.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Modules of the C library that a bare root lacks come first: a program that asks for them is noticed.
const MODULES: &str = "hosts: mymachines resolve myhostname files dns\n";

/// Packages are unpacked and not configured, which is all that a program needs to find there.
pub struct BareRoot {
    folder: PathBuf,
}

/// Whether roots can be made and entered here.
pub fn are_possible() -> bool {
    let tools = ["debootstrap --version", "chroot / true"];
    tools.iter().all(|tool| {
        let output = Command::new("sh").args(["-c", tool]).output();
        output.is_ok_and(|output| output.status.success())
    })
}

impl BareRoot {
    /// The root of this release, made by the first run; what `debootstrap` says where it cannot be made, as without a network.
    pub fn of(release: &str) -> Result<Self, String> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = target.join(format!("debian-{release}"));
        if !folder.exists() {
            let unfinished = tempfile::tempdir_in(target).unwrap();
            let output = Command::new("debootstrap")
                .args(["--variant=minbase", "--foreign", release])
                .arg(unfinished.path())
                .output()
                .unwrap();
            if !output.status.success() {
                return Err(format!("{release}: {output:?}"));
            }
            fs::rename(unfinished.keep(), &folder).unwrap();
        }
        fs::write(folder.join("etc/nsswitch.conf"), MODULES).unwrap();
        Ok(Self { folder })
    }

    /// Where names are looked up: one name in `/etc/hosts`, the others at this server.
    pub fn looks_up(&self, name: &str, address: &str, server: SocketAddr) {
        let hosts = format!("127.0.0.1 localhost\n{address} {name}\n");
        fs::write(self.folder.join("etc/hosts"), hosts).unwrap();
        let servers = format!("nameserver {}\n", server.ip());
        fs::write(self.folder.join("etc/resolv.conf"), servers).unwrap();
    }

    /// A new folder in it, and its path for who has this root.
    pub fn new_folder(&self) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir_in(self.folder.join("tmp")).unwrap();
        let inside = folder.path().strip_prefix(&self.folder).unwrap();
        let inside = Path::new("/").join(inside);
        (folder, inside)
    }

    /// A command with this root.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("chroot");
        command.arg(&self.folder).arg(program);
        command
    }
}
