//! A small ext4 in a file, mounted by a loop device, whose power can be cut.
//!
//! The cut is ext4's own (`EXT4_IOC_SHUTDOWN` without a flush of its journal): from that moment nothing more reaches the image, neither data
//! nor journal, and every call fails. After unmounting and mounting again the file system recovers from its journal, as after a
//! power failure. What this does not show: a drive that lies about its cache. Whatever ext4 handed to the image counts as kept.
//!
//! Mounting happens in a mount namespace of the process's own: nobody else sees it, and the end of the process ends it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Told, hold};

/// Set in the environment of a process that is inside a mount namespace of its own.
pub const INSIDE: &str = "QIANBAO_FAULTS_INSIDE";

/// Why power cuts cannot be made here, if they cannot.
pub fn refusal() -> Option<String> {
    let tried = Command::new("unshare")
        .args([
            "--mount",
            "--propagation",
            "private",
            "--",
            "sh",
            "-c",
            "mount -t tmpfs qianbao /mnt && umount /mnt && command -v mkfs.ext4 perl",
        ])
        .stdin(Stdio::null())
        .output();
    match tried {
        Ok(out) if out.status.success() => None,
        Ok(out) => Some(format!(
            "needs the right to mount (root or CAP_SYS_ADMIN), mkfs.ext4 and perl: {}",
            String::from_utf8_lossy(&out.stderr).trim()
        )),
        Err(error) => Some(format!("needs unshare (Debian: util-linux): {error}")),
    }
}

/// An image and where it is mounted.
pub struct Disk {
    image: PathBuf,
    at: PathBuf,
    is_mounted: bool,
}

impl Disk {
    /// Makes a file system of so many MiB in `folder` and mounts it.
    pub fn make(folder: &Path, mib: u64) -> Told<Self> {
        hold!(std::env::var_os(INSIDE).is_some(), "a disk is made inside a mount namespace only");
        let (image, at) = (folder.join("disk.ext4"), folder.join("disk"));
        std::fs::create_dir_all(&at)?;
        std::fs::File::create(&image)?.set_len(mib * 1024 * 1024)?;
        run(Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0", "-E", "lazy_itable_init=0"]).arg(&image))?;
        let mut disk = Self { image, at, is_mounted: false };
        disk.mount()?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.at
    }

    /// Mounts it; the journal is replayed.
    pub fn mount(&mut self) -> Told<()> {
        run(Command::new("mount").args(["-o", "loop,noatime"]).args([&self.image, &self.at]))?;
        self.is_mounted = true;
        Ok(())
    }

    /// Cuts the power.
    pub fn cut(&self) -> Told<()> {
        // `ioctl(2)` is unsafe in Rust; perl is part of every Debian.
        const SCRIPT: &str =
            "open(my $f, '<', $ARGV[0]) or die $!; my $how = pack('L', 2); ioctl($f, 0x8004587d, $how) or die $!";
        run(Command::new("perl").args(["-e", SCRIPT]).arg(&self.at))
    }

    /// Unmounts it, once nobody uses it any more.
    pub fn unmount(&mut self) -> Told<()> {
        let began = Instant::now();
        loop {
            match run(Command::new("umount").arg(&self.at)) {
                Ok(()) => break,
                Err(error) if began.elapsed() > Duration::from_secs(20) => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        self.is_mounted = false;
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            // In a story that failed somebody may still use it; the end of the namespace ends it.
            let _ = run(Command::new("umount").arg("--lazy").arg(&self.at));
        }
    }
}

/// A file system in memory of so many KiB, for a disk that gets full.
pub fn mount_small(at: &Path, kib: u64) -> Told<()> {
    hold!(std::env::var_os(INSIDE).is_some(), "a disk is made inside a mount namespace only");
    std::fs::create_dir_all(at)?;
    run(Command::new("mount").args(["-t", "tmpfs", "-o", &format!("size={kib}k"), "qianbao"]).arg(at))
}

/// Gives it another size.
pub fn resize(at: &Path, kib: u64) -> Told<()> {
    run(Command::new("mount").args(["-o", &format!("remount,size={kib}k")]).arg(at))
}

/// Unmounts what [`mount_small`] mounted.
pub fn unmount_small(at: &Path) -> Told<()> {
    run(Command::new("umount").arg("--lazy").arg(at))
}

/// Runs a tool to its end.
pub fn run(command: &mut Command) -> Told<()> {
    let out = command.stdin(Stdio::null()).output()?;
    let name = || command.get_program().to_string_lossy().into_owned();
    let words = || command.get_args().collect::<Vec<_>>().join(OsStr::new(" ")).to_string_lossy().into_owned();
    if out.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&out.stderr).trim().to_owned();
    Err(format!("{} {}: {}: {said}", name(), words(), out.status).into())
}
