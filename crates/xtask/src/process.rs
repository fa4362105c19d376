//! Running other programs: streamed, or streamed and kept.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::failure::Failure;
use crate::places::Places;

/// A command in the repository's root that also finds what npm and cargo installed.
pub fn command(places: &Places, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(&places.root).env("PATH", search_path(places));
    command.envs(places.temporary.iter().map(|folder| ("TMPDIR", folder)));
    command
}

/// `PATH` with npm's and cargo's programs in front.
pub fn search_path(places: &Places) -> std::ffi::OsString {
    let mut folders = vec![places.npm_programs()];
    if let Some(home) = std::env::var_os("CARGO_HOME")
        .map(std::path::PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))
    {
        folders.push(home.join("bin"));
    }
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    std::env::join_paths(folders).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default())
}

/// Runs to the end with the terminal's output; `next` is said when it fails.
pub fn run(command: &mut Command, next: &str) -> Result<(), Failure> {
    let status = command.status().map_err(|error| missing(command, &error))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{} ended with {status}", line(command)), next)) }
}

/// Whether it can be started and ends well; its output is thrown away.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What a program said and whether it ended well.
pub struct Kept {
    /// Whether it ended well.
    pub success: bool,
    /// Standard output and error, in the order they came in as far as that can be known.
    pub text: String,
}

/// Runs to the end, shows everything at once and keeps it.
pub fn run_kept(command: &mut Command) -> Result<Kept, Failure> {
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| missing(command, &error))?;
    let stderr = child.stderr.take();
    let stdout = child.stdout.take();
    let other = std::thread::spawn(move || stderr.map(tee).unwrap_or_default());
    let mut text = stdout.map(tee).unwrap_or_default();
    text.push_str(&other.join().unwrap_or_default());
    Ok(Kept { success: child.wait()?.success(), text })
}

fn tee(from: impl Read) -> String {
    let mut kept = String::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        // A closed terminal must not stop the tests.
        let _ = writeln!(std::io::stdout(), "{line}");
        kept.push_str(&line);
        kept.push('\n');
    }
    kept
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    let mut text = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn missing(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("cannot start {}: {error}", command.get_program().to_string_lossy()),
        "install that program or put it on PATH, then run the command again",
    )
}
