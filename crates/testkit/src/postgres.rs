//! A PostgreSQL server of the test's own, in a temporary folder, stopped when dropped.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server with one empty database.
pub struct Postgres {
    // Declared first: the server stops before its folder goes.
    server: Child,
    _folder: tempfile::TempDir,
    port: u16,
}

impl Postgres {
    /// Starts a server. Says so and gives `None` when the binaries are not installed.
    ///
    /// # Panics
    /// When the binaries are there but the server does not start: that is a broken test machine.
    pub fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            eprintln!("absent: PostgreSQL's server binaries; only SQLite was tested. Install `postgresql`.");
            return None;
        };
        let folder = tempfile::Builder::new()
            .prefix("greenheart-pg")
            .tempdir_in("/tmp")
            .expect("a folder");
        let data = folder.path().join("data");
        open_to_all(folder.path());
        run(as_plain_user(&binaries.join("initdb"), folder.path())
            .args([
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
            ])
            .arg(&data));
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a free port")
            .port();
        let mut command = as_plain_user(&binaries.join("postgres"), folder.path());
        command.arg("-D").arg(&data).arg("-k").arg(folder.path());
        command.args([
            "-p",
            &port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
        ]);
        let mut server = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        let came_up = (0..200).any(|_| {
            let answered = answers(port);
            if !answered {
                std::thread::sleep(Duration::from_millis(100));
            }
            answered
        });
        if came_up {
            return Some(Self {
                server,
                _folder: folder,
                port,
            });
        }
        server.kill().ok();
        server.wait().ok();
        panic!("PostgreSQL did not start within 20 seconds");
    }

    /// Where to connect.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown. The child may be `setpriv`, which became the server itself.
        Command::new("kill")
            .args(["-INT", &self.server.id().to_string()])
            .status()
            .ok();
        self.server.wait().ok();
    }
}

fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    versions
        .into_iter()
        .rev()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// PostgreSQL refuses to run as root; `setpriv` becomes another user without a process in between.
fn as_plain_user(program: &Path, folder: &Path) -> Command {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    let mut command = if root {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    command
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).expect("permissions");
}

fn run(command: &mut Command) {
    let output = command.output().expect("it starts");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Whether the server answers a request for TLS, which it does as soon as it takes connections, and
/// has finished starting, which it says by letting a session begin.
fn answers(port: u16) -> bool {
    let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok();
    let mut message = Vec::new();
    let body = b"\x00\x03\x00\x00user\0postgres\0database\0postgres\0\0";
    let length = u32::try_from(body.len() + 4).unwrap_or_default();
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(body);
    let mut answer = [0_u8; 1];
    stream.write_all(&message).is_ok() && stream.read_exact(&mut answer).is_ok() && answer[0] == b'R'
}
