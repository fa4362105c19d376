//! The wallet server and the sandbox bank as child processes, stopped together.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::places::Places;
use crate::process::command;

const STOP_SECONDS: u64 = 15;

/// Running programs; dropping them stops them.
#[derive(Default)]
pub struct Servers {
    children: Vec<(String, Child)>,
}

impl Servers {
    /// Starts a program.
    pub fn start(&mut self, name: &str, command: &mut Command) -> Result<(), Failure> {
        let child = command.spawn().map_err(|error| {
            Failure::new(
                format!("cannot start {name}: {error}"),
                "build it first: cargo build --package qianbao-server --package qianbao-sandbox",
            )
        })?;
        self.children.push((name.to_owned(), child));
        Ok(())
    }

    /// Waits until one of them ends by itself or the user wants to stop; then stops all.
    pub fn wait(mut self, stop: &Stop) -> Result<(), Failure> {
        loop {
            if stop.wanted() {
                eprintln!("stopping");
                self.stop();
                return Ok(());
            }
            self.ended()?;
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Fails when one of them has ended by itself.
    pub fn ended(&mut self) -> Result<(), Failure> {
        for (name, child) in &mut self.children {
            if let Some(status) = child.try_wait()? {
                return Err(Failure::new(format!("{name} ended with {status}"), "its last lines above say why"));
            }
        }
        Ok(())
    }

    /// Asks each to end, last started first; one that does not within 15 s is killed.
    pub fn stop(&mut self) {
        for (_, child) in self.children.iter().rev() {
            let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        }
        let deadline = Instant::now() + Duration::from_secs(STOP_SECONDS);
        for (name, child) in self.children.iter_mut().rev() {
            while Instant::now() < deadline && matches!(child.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(20));
            }
            if matches!(child.try_wait(), Ok(None)) {
                eprintln!("{name} did not end within {STOP_SECONDS} s and is killed");
                let _ = child.kill();
                let _ = child.wait();
            }
        }
        self.children.clear();
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Ctrl-C or a request to terminate.
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on.
    pub fn listen() -> Result<Self, Failure> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
        }
        Ok(Self(flag))
    }

    /// Whether it came.
    pub fn wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where the demo listens.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The wallet server.
    pub server: u16,
    /// The sandbox bank.
    pub bank: u16,
}

impl Ports {
    /// Fails early, with a word on what to do, when a port is taken.
    pub fn check(self) -> Result<(), Failure> {
        for port in [self.server, self.bank] {
            TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
                Failure::new(
                    format!("port {port} cannot be used: {error}"),
                    "stop the program that listens there, or choose others: cargo xtask run --port 9787 --bank-port 9788",
                )
            })?;
        }
        Ok(())
    }
}

/// The sandbox bank's command line.
pub fn sandbox(places: &Places, profile: &str, ports: Ports) -> Command {
    let mut sandbox = command(places, places.program(profile, "qianbao-sandbox"));
    sandbox.args(["--listen", &format!("127.0.0.1:{}", ports.bank)]);
    sandbox.args(["--notify-url", &format!("http://127.0.0.1:{}", ports.server)]);
    sandbox
}

/// The wallet server's command line.
pub fn wallet(places: &Places, profile: &str, ports: Ports, data: &std::path::Path) -> Command {
    let mut wallet = command(places, places.program(profile, "qianbao"));
    wallet.arg("serve").arg("--data").arg(data).arg("--site").arg(places.site());
    wallet.args(["--listen", &format!("127.0.0.1:{}", ports.server)]);
    wallet.args(["--domain", &format!("localhost:{}", ports.server)]);
    wallet.args(["--bank-url", &format!("http://127.0.0.1:{}", ports.bank)]);
    wallet
}

/// Waits until `path` on `port` answers 200.
pub fn wait_ready(servers: &mut Servers, port: u16, path: &str, seconds: u64) -> Result<(), Failure> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < deadline {
        if answers(port, path) {
            return Ok(());
        }
        servers.ended()?;
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(Failure::new(
        format!("http://127.0.0.1:{port}{path} did not answer 200 within {seconds} s"),
        "look at the server's lines above; QIANBAO_LOG=debug says more",
    ))
}

fn answers(port: u16, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: wallet.localhost:{port}\r\nConnection: close\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(&start[9..] == b"200")
    };
    ask().unwrap_or(false)
}
