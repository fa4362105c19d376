//! Folders and files of a backup: made for their owner only, copied, listed, made durable, renamed.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::BackupError;

pub(super) fn failed(doing: &'static str, path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    let path = path.to_path_buf();
    move |source| BackupError::File { doing, path: path.clone(), source }
}

/// A name beside `path` for what is not finished; this process's own.
pub(super) fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{word}-{}", std::process::id()));
    path.with_file_name(name)
}

/// Makes a folder that only its owner can look into.
pub(super) fn make_folder(path: &Path) -> Result<(), BackupError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed("make the folder", path))
}

/// Copies the files of a folder, with their modes and times (a key's time is when it was made). There are no folders in it.
pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<(), BackupError> {
    make_folder(to)?;
    for entry in fs::read_dir(from).map_err(failed("read the folder", from))? {
        let file = entry.map_err(failed("read the folder", from))?;
        let copy = to.join(file.file_name());
        fs::copy(file.path(), &copy).map_err(failed("write", &copy))?;
        let made = file.metadata().and_then(|found| found.modified());
        let kept = made.and_then(|time| File::options().write(true).open(&copy)?.set_modified(time));
        kept.map_err(failed("keep the time of", &copy))?;
    }
    Ok(())
}

/// Every file below a folder, relative to it, in order of name.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let (_, files) = all_below(folder)?;
    let mut found: Vec<PathBuf> =
        files.iter().filter_map(|path| path.strip_prefix(folder).ok()).map(Path::to_path_buf).collect();
    found.sort();
    Ok(found)
}

/// A folder with every folder below it, and every file in them.
fn all_below(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), BackupError> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    let mut left = vec![folder.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).map_err(failed("read the folder", &next))? {
            let path = entry.map_err(failed("read the folder", &next))?.path();
            if path.is_dir() { &mut left } else { &mut files }.push(path);
        }
        folders.push(next);
    }
    Ok((folders, files))
}

/// Waits until all files and folders below, and their names, are on the disk.
pub(super) fn durable(folder: &Path) -> Result<(), BackupError> {
    let (folders, files) = all_below(folder)?;
    files.iter().chain(&folders).try_for_each(|path| sync(path))
}

/// Gives a finished folder its name, durably.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::rename(from, to).map_err(failed("give the finished folder its name", to))?;
    let above = to.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync(above)
}

fn sync(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(failed("make durable", path))
}
